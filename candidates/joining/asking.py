"""Ask for a link to log in."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from candidates import tasks
from candidates.models import Candidate, SignIn

UNUSED_PER_HOUR, UNUSED_PER_DAY = 3, 10


def ask(*, email: str, changes: Candidate | None = None) -> None:
    """Owe somebody a link to log in, or to use this address from now on.

    Not where that address has had enough of them that nobody used: nobody can fill a stranger's inbox. Whether anybody
    is known by the address changes nothing here, and the caller answers the same in any case.
    Repeat: another link.
    """
    email, now = email.strip().lower(), timezone.now()
    unused = SignIn.objects.filter(email=email, used_at=None)
    # One too many of a race does no harm: it counts against the next.
    if unused.filter(asked_at__gt=now - timedelta(hours=1)).count() >= UNUSED_PER_HOUR:
        return
    if unused.filter(asked_at__gt=now - SignIn.COUNTED_FOR).count() >= UNUSED_PER_DAY:
        return
    sign_in = SignIn.objects.create(email=email, changes=changes)
    # Robust: with the broker down the letter is owed all the same, and a sweep finds it.
    transaction.on_commit(lambda: tasks.write_link.delay(sign_in.pk), robust=True)
