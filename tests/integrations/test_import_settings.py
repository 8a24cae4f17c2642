"""The card Import settings: how often we look, what comes back, and which custom fields are meant."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from integrations.models import Connection, ConnectionState, FieldOverride, JobLink, ReopenRule
from tests.factories import ConnectionFactory, GreenhouseJobPostFactory, JobFactory, JobLinkFactory

PAGE = "/employers/lumen-robotics/settings/integrations/"
SAVE = f"{PAGE}import/"
CHOSEN = {"sync_minutes": "", "reopen_rule": "live", "employment_type_key": "employment_type", "remote_key": ""}
CUSTOM = {"contract": ["Contract", "Part-time"], "remote": ["Works from", "Anywhere: remote"], "empty": ["Empty", ""]}


@pytest.fixture
def connection(employer: Employer) -> Connection:
    return ConnectionFactory(employer=employer, sync_due_at=timezone.now() + timedelta(minutes=12))


@pytest.fixture
def link(connection: Connection) -> JobLink:
    post = GreenhouseJobPostFactory(greenhouse_job__connection=connection, greenhouse_job__custom_fields=CUSTOM)
    job = JobFactory(employer=connection.employer, title=post.title, description="")
    return JobLinkFactory(post=post, job=job, is_imported=True)


def test_by_role(
    client: Client, as_alice: Client, as_rita: Client, as_bob: Client, as_charlie: Client, connection: Connection
) -> None:
    assert client.post(SAVE, CHOSEN).status_code == 302
    assert as_charlie.post(SAVE, CHOSEN).status_code == 404
    assert as_bob.post(SAVE, CHOSEN).status_code == as_rita.post(SAVE, CHOSEN).status_code == 403
    assert as_alice.post(SAVE, CHOSEN).status_code == 302
    assert as_alice.get(SAVE).status_code == 405
    Connection.objects.update(state=ConnectionState.DISCONNECTED)
    assert as_alice.post(SAVE, CHOSEN).status_code == 404


def test_card_then_offers_the_fields_that_jobs_have_with_an_example(as_alice: Client, link: JobLink) -> None:
    form = as_alice.get(PAGE).context["import_form"]
    assert form.fields["remote_key"].choices == [
        ("", "None: the location’s words say it"),
        ("contract", "Contract, such as “Part-time”"),
        ("empty", "Empty"),
        ("remote", "Works from, such as “Anywhere: remote”"),
    ]
    assert form.fields["employment_type_key"].choices[1] == ("employment_type", "employment_type (no job has it yet)")


def test_card_when_no_admin_then_only_tells(as_rita: Client, connection: Connection) -> None:
    Connection.objects.update(sync_minutes=30, reopen_rule=ReopenRule.ASK)
    text = as_rita.get(PAGE).text
    assert "every 30 minutes" in text
    assert "Ask us" in text
    assert "Save import settings" not in text


def test_save_then_keeps_them_and_brings_the_next_reading_nearer(as_alice: Client, connection: Connection) -> None:
    answer = as_alice.post(SAVE, {**CHOSEN, "sync_minutes": "5", "reopen_rule": "ask"}, follow=True)
    assert "The import settings are saved." in answer.text
    connection.refresh_from_db()
    assert (connection.sync_minutes, connection.reopen_rule) == (5, ReopenRule.ASK)
    assert connection.sync_due_at is not None
    assert connection.sync_due_at <= timezone.now() + timedelta(minutes=5)
    as_alice.post(SAVE, CHOSEN)
    connection.refresh_from_db()
    assert connection.sync_minutes is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sync_minutes": "4"}, "greater than or equal to 5"),
        ({"sync_minutes": "1441"}, "less than or equal to 1440"),
        ({"sync_minutes": "often"}, "Enter a whole number."),
        ({"reopen_rule": "never"}, "Select a valid choice."),
        ({"remote_key": "unheard_of"}, "Select a valid choice."),
    ],
)
def test_save_when_something_is_wrong_then_saves_nothing_and_says_where(
    as_alice: Client, connection: Connection, change: dict[str, str], words: str
) -> None:
    answer = as_alice.post(SAVE, {**CHOSEN, "reopen_rule": "off", **change})
    assert words in answer.text
    connection.refresh_from_db()
    assert connection.reopen_rule == ReopenRule.LIVE


def test_save_when_other_fields_are_chosen_then_imported_jobs_follow_at_once(as_alice: Client, link: JobLink) -> None:
    typed_over = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job=link.post.greenhouse_job, title="Poet"),
        job=JobFactory(employer=link.job.employer, title="Poet", employment_type="Forever", description=""),
        is_imported=True,
    )
    FieldOverride.objects.create(link=typed_over, field="employment_type")
    by_hand = JobLinkFactory(
        post=GreenhouseJobPostFactory(greenhouse_job=link.post.greenhouse_job),
        job=JobFactory(employer=link.job.employer),
    )
    answer = as_alice.post(SAVE, {**CHOSEN, "employment_type_key": "contract", "remote_key": "remote"}, follow=True)
    assert "2 jobs follow them now." in answer.text
    told = []
    for row in (link, typed_over, by_hand):
        row.job.refresh_from_db()
        told.append((row.job.employment_type, row.job.is_remote))
    assert told == [("Part-time", True), ("Forever", True), ("", False)]
    again = as_alice.post(SAVE, {**CHOSEN, "employment_type_key": "contract", "remote_key": "remote"}, follow=True)
    assert "follow them now." not in again.text


def test_save_when_back_jobs_need_not_ask_any_more_then_they_go_live(as_alice: Client, link: JobLink) -> None:
    link.job.mark_closed("The post is not published in Greenhouse.")
    link.job.save()
    JobLink.objects.update(asks_to_reopen=True, reopen_as="live")
    as_alice.post(SAVE, {**CHOSEN, "reopen_rule": "ask"})
    assert JobLink.objects.get().asks_to_reopen
    as_alice.post(SAVE, CHOSEN)
    link.job.refresh_from_db()
    assert link.job.is_live
