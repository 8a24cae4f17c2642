"""Read every profile into the search again: after a restore without the index, or to be sure."""

from typing import Any

from django.core.management.base import BaseCommand

from candidates.models import Profile
from candidates.search import index


class Command(BaseCommand):
    """May be stopped at any moment and started again."""

    help = "Read every profile into the search again."

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(Profile.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), index.AT_ONCE):
            index.refresh(ids[start : start + index.AT_ONCE])
        self.stdout.write(f"{len(ids)} profiles are in the search.")
