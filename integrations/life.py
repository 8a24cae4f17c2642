"""What happens to a connection over its life: who is told when it breaks, and how it is taken apart.

Nothing here speaks HTTP. Letters are owed by the row itself: a sweep finds whom to tell, so a lost worker loses none.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import is_settled, one_line
from accounts.models import Membership, Role, User
from integrations.fields import Secret
from integrations.models import (
    OPEN_SYNC,
    PAUSE_AFTER,
    Connection,
    ConnectionState,
    SyncRun,
    SyncState,
)
from integrations.problems import PROBLEMS

log = logging.getLogger(__name__)

# Trouble that is gone again within minutes is nobody's news.
TELL_BROKEN_AFTER = timedelta(minutes=2)
TELL_OUTAGE_AFTER = timedelta(hours=1)  # Greenhouse being down repairs itself, and no admin can hurry it
TELL_WELL_AFTER = timedelta(minutes=5)
QUIET_AFTER_WELL = timedelta(minutes=30)  # a connection that comes and goes writes no letter each time
# How long a worker may take to send one; after that, or when the server did not take it, another tries.
TELLING_TAKES = timedelta(minutes=5)


def _owed_letters(now: datetime) -> tuple[Q, Q]:
    """Whom to tell that it broke, and whom that it is well again."""
    free = Q(tell_not_before=None) | Q(tell_not_before__lte=now)
    needs_person = Q(state=ConnectionState.NEEDS_ATTENTION, broken_since__lte=now - TELL_BROKEN_AFTER)
    outage = Q(state=ConnectionState.ACTIVE, broken_since__lte=now - TELL_OUTAGE_AFTER)
    well = Q(state=ConnectionState.ACTIVE, broken_since=None, recovered_at__lte=now - TELL_WELL_AFTER)
    return free & Q(told_broken_at=None) & (needs_person | outage), free & Q(told_broken_at__isnull=False) & well


def connections_to_tell() -> list[int]:
    """Connections whose admins are owed a letter."""
    broken, well = _owed_letters(timezone.now())
    return list(Connection.objects.filter(broken | well).values_list("pk", flat=True))


def tell_admins(connection_id: int) -> None:
    """Write to the employer's admins that their connection broke, or is well again.

    Effects: one e-mail at most, outside any transaction. A mail server that does not take it now is asked again in
        five minutes.
    Repeat: harmless; one worker at a time, and each of the two letters once.
    """
    now = timezone.now()
    broken, well = _owed_letters(now)
    rows = Connection.objects.filter(pk=connection_id)
    if rows.filter(broken).update(tell_not_before=now + TELLING_TAKES):
        if _write("broken", connection_id):
            rows.filter(told_broken_at=None).update(told_broken_at=timezone.now())
    elif rows.filter(well).update(tell_not_before=now + TELLING_TAKES) and _write("well", connection_id):
        rows.update(told_broken_at=None, tell_not_before=timezone.now() + QUIET_AFTER_WELL)


def _write(kind: str, connection_id: int) -> bool:
    connection = Connection.objects.select_related("employer").get(pk=connection_id)
    context = {
        "problem": connection.problem,
        "pause_days": PAUSE_AFTER.days,
        "url": settings.BASE_URL + reverse("integrations", args=[connection.employer.slug]),
    }
    return write_letter(f"connection_{kind}", connection, context)


def write_letter(kind: str, connection: Connection, context: dict[str, Any]) -> bool:
    """Send the letter of this kind to the employer's admins; False if it is to be tried again.

    What the mail server will never take, or may have taken before it fell silent, is not tried again.
    """
    to = _admins_of(connection)
    context |= {"connection": connection, "employer": connection.employer}
    subject, body = (
        render_to_string(f"integrations/email/{kind}_{part}.txt", context) for part in ("subject", "message")
    )
    # To all of them at once: either the letter is out or it is not, so nobody gets it twice. RFC 3834: an
    # out-of-office reply must not answer it.
    letter = EmailMessage(one_line(subject), body, to=to, headers={"Auto-Submitted": "auto-generated"})
    return not to or is_settled(letter, f"connection {connection.pk}, letter {kind}")


def _admins_of(connection: Connection) -> list[str]:
    admins = Membership.objects.filter(employer=connection.employer_id, role=Role.ADMIN, user__is_active=True)
    return list(admins.order_by("pk").values_list("user__email", flat=True))


def disconnect(*, connection: Connection, by: User) -> bool:
    """Stop working with Greenhouse and forget the credential; True if it was connected until now.

    Effects: one transaction. Secrets and tokens are wiped, open readings end. Jobs, links, history and what is still
    to be sent stay, and go on as soon as somebody connects the same Greenhouse account again.
    Repeat: harmless.
    """
    now = timezone.now()
    with transaction.atomic():
        done = (
            Connection.objects.filter(pk=connection.pk)
            .exclude(state=ConnectionState.DISCONNECTED)
            .update(
                state=ConnectionState.DISCONNECTED,
                disconnected_at=now,
                credential_no=F("credential_no") + 1,  # what workers still hold of it is void
                **_NOTHING_HELD,
                **_NOTHING_WRONG,
            )
        )
        if done:
            _end_readings(connection, now)
    if done:
        log.info("connection %s disconnected by user %s", connection.pk, by.pk)
    return bool(done)


def _end_readings(connection: Connection, now: datetime) -> None:
    SyncRun.objects.filter(connection=connection, state__in=OPEN_SYNC).update(
        state=SyncState.FAILED,
        finished_at=now,
        lease_until=None,
        problem_code=PROBLEMS["disconnected"].code,
        problem_at=now,
    )


_NOTHING_HELD = {
    **{name: Secret("") for name in ("secret", "token", "refresh_token")},
    "secret_last4": "",
    "token_expires_at": None,
    "token_lease_until": None,
    "refreshed_at": None,
    "granted_scopes": None,
}
_NOTHING_WRONG = {
    "problem_code": "",
    "problem_at": None,
    "broken_since": None,
    "told_broken_at": None,
    "tell_not_before": None,
}
