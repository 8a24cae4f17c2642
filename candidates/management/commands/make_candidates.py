"""`manage.py make_candidates`: a network as large as you like, to measure with."""

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from candidates.making.many import make


class Command(BaseCommand):
    help = "Make up people of the network to measure with; they cannot be told from real ones by their looks."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=100_000, help="how many; 100000 without it")
        parser.add_argument("--seed", type=int, default=1, help="the same people again for the same number")
        parser.add_argument("--among-real-people", action="store_true", help="also where DEBUG is off")

    def handle(self, *args: Any, **options: Any) -> None:
        count: int = options["count"]
        if count < 1:
            raise CommandError("--count must be at least 1.")
        if not settings.DEBUG and not options["among_real_people"]:
            raise CommandError(
                "DEBUG is off, so there may be real people here, and employers would find made-up ones among them. "
                "Where that is what you want, add --among-real-people."
            )
        started = time.monotonic()
        for made in make(count=count, seed=options["seed"]):
            if options["verbosity"] > 1 or made == count:
                seconds = time.monotonic() - started
                self.stdout.write(f"{made} of {count} people, {made / max(seconds, 0.001):.0f} a second")
        self.stdout.write(self.style.SUCCESS(f"Made {count} people of the network in {seconds:.0f} s."))
