"""`manage.py load_demo`: something to look at on a fresh installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from candidates.demo.companies import JONAS, LUMEN, MAYA, PASSWORD, PRIYA
from candidates.demo.load import load_demo


class Command(BaseCommand):
    help = (
        "Load a demo employer with its team, jobs and applicants, and a network, unless there is an employer already."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            # The passwords are public, and one of these people is a superuser.
            raise CommandError("The demo has public passwords, so it is loaded only where DEBUG is on.")
        if not load_demo():
            self.stdout.write("There is an employer already, so the demo was not loaded.")
            return
        self.stdout.write(self.style.SUCCESS(f"The demo employer {LUMEN.name} is ready."))
        self.stdout.write(f"Log in as {MAYA.email}, {JONAS.email} or {PRIYA.email} with the password {PASSWORD}.")
