"""Who gets the credit in Greenhouse: one of the team, by e-mail, else whoever we act as (contract §6.4, §6.5)."""

from datetime import timedelta

from django.utils import timezone

from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.errors import Forbidden
from integrations.greenhouse.export.walk import Walk
from integrations.greenhouse.scopes import CREDIT, listing_scope
from integrations.models import Connection, GreenhouseCredit

GOOD_FOR = timedelta(days=1)
LOOK_AGAIN_AFTER = timedelta(minutes=15)  # somebody may have activated the user, or added the address


def referrer_of(walk: Walk) -> str:
    """Return the referrer to name; empty for the person we act as, with a remark on why it is not somebody else.

    Effects: up to three requests, once a day for each of the team; one row.
    """
    export = walk.export
    user, connection = export.credit_to, export.connection
    if user is None or (not connection.acts_as_service_user and _same(user.email, connection.email)):
        return ""
    row, _ = GreenhouseCredit.objects.get_or_create(connection=connection, user=user)
    if _is_stale(row):
        _look_up(walk.client, connection, row)
    if row.problem_code:
        walk.remark(row.problem_code)
    return row.referrer_remote_id


def _is_stale(row: GreenhouseCredit) -> bool:
    good_for = LOOK_AGAIN_AFTER if row.problem_code else GOOD_FOR
    return row.checked_at is None or row.checked_at < timezone.now() - good_for


def _look_up(client: GreenhouseClient, connection: Connection, row: GreenhouseCredit) -> None:
    row.user_remote_id = row.referrer_remote_id = ""
    code = "credit_unseen"
    if connection.may(*CREDIT.scopes):
        try:
            code = _found(client, row)
        except Forbidden as exc:
            connection.note_refused(listing_scope(exc.path))
    if code:
        row.set_problem(code)
    else:
        row.clear_problem()
    row.checked_at = timezone.now()
    row.save()


def _found(client: GreenhouseClient, row: GreenhouseCredit) -> str:
    """Set whom the row stands for. Return the code of what is in the way, or nothing."""
    users = client.fetch_users_by_email(row.user.email)
    if not users:
        return "credit_unknown"
    active = [user for user in users if not user.deactivated]
    if not active:
        return "credit_deactivated"
    row.user_remote_id = str(active[0].id)
    referrers = client.fetch_referrers([active[0].id])
    if not referrers:
        return "credit_no_referrer"
    row.referrer_remote_id = str(referrers[0].id)
    return ""


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
