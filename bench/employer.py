"""An employer of ours that is connected to the account in the sandbox, and what it does."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test.utils import override_settings

from accounts.models import Employer
from bench.account import Account
from integrations.credentials import ConnectionTokens
from integrations.fields import Secret
from integrations.greenhouse import sync
from integrations.models import (
    Connection,
    ConnectionState,
    CredentialKind,
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePayRange,
    GreenhousePostLocation,
    JobLink,
    SyncKind,
    SyncRun,
    SyncState,
)
from integrations.tasks import enqueue_sync
from jobs.models import Job
from tests.sandbox_process import ADMIN_EMAIL, CLIENT_ID, CLIENT_SECRET


class Unfinished(Exception):
    """A sync did not do what is being measured; a sentence for the person at the keyboard."""


@contextmanager
def connected(account: Account) -> Iterator[Connection]:
    """Point the program at the account and connect an employer to it, with a token in hand.

    Effects: rows of its own, which go with the block. The token is one request an hour, for all work of a
    connection, so no import is charged with it.
    """
    sandbox = account.sandbox
    user = sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"]
    with override_settings(GREENHOUSE_HARVEST_URL=sandbox.url, GREENHOUSE_AUTH_URL=sandbox.url):
        employer = Employer.objects.create(name="Lumen Robotics", slug=f"bench-{sandbox.port}")
        connection = Connection.objects.create(
            employer=employer,
            state=ConnectionState.ACTIVE,
            credential_kind=CredentialKind.OAUTH,
            client_id=CLIENT_ID,
            secret=Secret.of(CLIENT_SECRET),
            email=ADMIN_EMAIL,
            acting_user_remote_id=str(user),
        )
        ConnectionTokens(connection.pk).current()
        try:
            yield connection
        finally:
            forget_import(connection)
            employer.delete()


def sync_once(connection: Connection, kind: SyncKind = SyncKind.FULL) -> SyncRun:
    """Read the career site to the end, as a worker does.

    Raises: Unfinished, naming the problem.
    """
    run = enqueue_sync(connection, by=None, kind=kind)
    while sync.run(run.pk):
        run.refresh_from_db()
        if run.retry_at:
            raise Unfinished(f"The sync was put off: {run.problem_code}.")
    run.refresh_from_db()
    if run.state != SyncState.SUCCEEDED:
        raise Unfinished(f"The sync ended as {run.state}: {run.problem_code}.")
    connection.refresh_from_db()
    return run


def renew(account: Account) -> None:
    """Give the account a full request budget and an empty log, so that each run starts alike."""
    account.sandbox.renew_limits()
    account.sandbox.clear_requests()


def forget_import(connection: Connection) -> None:
    """Take away everything that was read, so that the next import is a first one again."""
    JobLink.objects.filter(post__connection=connection).delete()
    Job.objects.filter(employer_id=connection.employer_id).delete()
    for model in (
        GreenhousePostLocation,
        GreenhousePayRange,
        GreenhouseJobPost,
        GreenhouseJob,
        GreenhouseName,
        SyncRun,
    ):
        model._default_manager.filter(connection=connection).delete()
    Connection.objects.filter(pk=connection.pk).update(full_synced_at=None, changes_since=None)


def wrong_posts(account: Account, connection: Connection) -> int:
    """Count the posts that are missing, too many, not offered, or not at their places and with their pay."""
    offered = GreenhouseJobPost.objects.filter(connection=connection).offered()
    shown = {
        remote_id: (frozenset(location.split(" · ")), least)
        for remote_id, location, least in offered.values_list("remote_id", "location", "pay_min_cents")
    }
    return len({*shown.items()} ^ {*account.shown.items()})
