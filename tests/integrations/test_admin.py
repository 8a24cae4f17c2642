"""The operators' pages about integrations: they answer, tell what matters, give no secret away and lose nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection as database
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, User
from integrations import connecting, tasks
from integrations.admin.connections import TESTS_AT_ONCE
from integrations.checkup import CheckFailed
from integrations.fields import Secret
from integrations.models import (
    Connection,
    ConnectionState,
    Export,
    ExportState,
    FieldOverride,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePayRange,
    GreenhousePerson,
    GreenhousePostLocation,
    ImportChoice,
    JobLink,
    ProblemEntry,
    SetupInvitation,
    Step,
    StepReport,
    SyncRun,
    SyncState,
)
from integrations.problems import PROBLEMS
from tests.factories import (
    ApplicationFactory,
    CandidateFactory,
    ConnectionFactory,
    ExportFactory,
    GreenhouseJobPostFactory,
    JobLinkFactory,
    SyncRunFactory,
    UserFactory,
)

MODELS = [model._meta.model_name or "" for model in apps.get_app_config("integrations").get_models()]
SECRET, TOKEN = "planted-secret-0123456789", "planted-token-0123456789"

Queue = list[tuple[str, Any]]


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(email="operator@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def as_operator(operator: User) -> Client:
    return _signed_in(operator)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """What was handed to the broker, in order."""
    sent: Queue = []
    for task in (tasks.run_sync, tasks.run_export):
        name = task.name.rpartition(".")[2]

        def send(args: Any = None, kwargs: Any = None, *, name: str = name, **options: Any) -> None:
            sent.append((name, args[0]))

        monkeypatch.setattr(task, "apply_async", send)
    return sent


def plant(employer: Employer) -> Connection:
    """One row of every kind, each in the state that shows most."""
    connection = ConnectionFactory(
        employer=employer, secret=Secret.of(SECRET), token=Secret.of(TOKEN), organization_name="Lumen Org"
    )
    now = timezone.now()
    run = SyncRunFactory(
        connection=connection,
        state=SyncState.PARTIAL,
        problem_code="unavailable",
        progress={
            "jobs": {"cursor": None, "pages": 2, "done": True},
            "offices": {"cursor": "x", "pages": 1, "done": False},
        },
        started_at=now - timedelta(seconds=75),
        finished_at=now,
    )
    post = GreenhouseJobPostFactory(
        greenhouse_job__connection=connection,
        greenhouse_job__name="Robot Technician",
        greenhouse_job__seen_in=run,
        content="<p>Care for <strong>robots</strong>.</p><script>alert(1)</script>",
        location="Leipzig",
        public_url="https://boards.example/1",
        remote_updated_at=now,
        seen_in=run,
    )
    link = JobLinkFactory(post=post, linked_by=UserFactory())
    FieldOverride.objects.create(link=link, field="title")
    GreenhousePayRange.objects.create(connection=connection, remote_id="31", post_remote_id=post.remote_id)
    ImportChoice.objects.create(post=post, user=UserFactory(), switch="live")
    application = ApplicationFactory(job=link.job, candidate=CandidateFactory(first_name="Grace", last_name="Hopper"))
    ExportFactory(
        greenhouse_job=post.greenhouse_job,
        application=application,
        state=ExportState.NEEDS_ATTENTION,
        problem_code="job_gone",
        candidate_remote_id="771",
    )
    GreenhousePerson.objects.create(connection=connection, email=application.email, remote_id="771")
    for kind in ("office", "custom_location"):
        GreenhouseName.objects.create(connection=connection, kind=kind, remote_id="5", name=f"The {kind}")
    GreenhouseName.objects.create(
        connection=connection, kind="office", remote_id="6", name="Hall 2", parent_remote_id="5"
    )
    for kind in ("office", "custom_list"):
        GreenhousePostLocation.objects.create(
            connection=connection,
            remote_id=f"{post.pk}-{kind}",
            post_remote_id=post.remote_id,
            kind=kind,
            name_remote_id="5",
            seen_in=run,
        )
    moment = {"connection": connection, "step": Step.JOBS, "at": now, "problem_code": "unavailable"}
    StepReport.objects.create(**moment)
    ProblemEntry.objects.create(**moment)
    SetupInvitation.objects.create(
        employer=employer,
        email="colleague@example.com",
        key_hash=f"{connection.pk:064}",
        expires_at=now + timedelta(days=7),
    )
    return connection


@pytest.fixture
def planted(employer: Employer) -> Connection:
    return plant(employer)


def list_of(model: str) -> str:
    return reverse(f"admin:integrations_{model}_changelist")


def page_of(row: Model, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{page}", args=[row.pk])


def rows_of(model: str) -> list[Model]:
    return list(apps.get_model("integrations", model)._base_manager.all())


def do(client: Client, action: str, *rows: Model) -> list[str]:
    """Run an action on the rows; what the operator is then told."""
    address = list_of(rows[0]._meta.model_name or "")
    answer = client.post(address, {"action": action, "_selected_action": [row.pk for row in rows]})
    assert answer.status_code == 302
    return [str(message) for message in get_messages(answer.wsgi_request)]


# --- the pages answer ----------------------------------------------------------------------


def test_every_model_has_pages() -> None:
    assert all(admin.site.is_registered(model) for model in apps.get_app_config("integrations").get_models())


@pytest.mark.parametrize("model", MODELS)
def test_list_and_page_when_there_are_rows_then_answer(as_operator: Client, planted: Connection, model: str) -> None:
    listed = as_operator.get(list_of(model))
    assert listed.status_code == 200
    assert "Lumen Robotics" in listed.content.decode()
    rows = rows_of(model)
    assert rows
    for row in rows:
        html = as_operator.get(page_of(row)).content.decode()
        assert 'name="_save"' not in html


@pytest.mark.parametrize("model", MODELS)
def test_list_when_employers_double_then_asks_the_database_no_more(
    as_operator: Client, planted: Connection, other_employer: Employer, model: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            database,
        ) as seen:
            assert as_operator.get(list_of(model)).status_code == 200
        return len(seen)

    queries()  # the first fills Django's caches of content types
    few = queries()
    plant(other_employer)
    assert queries() == few


@pytest.mark.parametrize("model", MODELS)
def test_list_when_searched_then_finds_by_employer(
    as_operator: Client, planted: Connection, other_employer: Employer, model: str
) -> None:
    plant(other_employer)
    here = as_operator.get(list_of(model), {"q": "Lumen Robotics"}).context["cl"].queryset
    assert 0 < here.count() < len(rows_of(model))


def test_pages_when_a_problem_is_there_then_say_it_in_words(as_operator: Client, planted: Connection) -> None:
    problem = PROBLEMS["job_gone"]
    export = Export.objects.get()
    assert problem.title in as_operator.get(list_of("export")).content.decode()
    html = as_operator.get(page_of(export)).content.decode()
    assert all(words in html for words in (problem.title, problem.sentence, problem.next_step))


def test_pages_when_the_problem_is_of_another_release_then_still_answer(
    as_operator: Client, planted: Connection
) -> None:
    Export.objects.update(problem_code="of_tomorrow")
    assert "of_tomorrow" in as_operator.get(list_of("export")).content.decode()
    assert "of_tomorrow" in as_operator.get(page_of(Export.objects.get())).content.decode()


@pytest.mark.parametrize(("value", "found"), [("any", 1), ("job_gone", 1), ("data_refused", 0)])
def test_problem_filter_when_chosen_then_leaves_the_rows_with_it(
    as_operator: Client, planted: Connection, value: str, found: int
) -> None:
    ExportFactory(greenhouse_job=Export.objects.get().greenhouse_job)
    assert as_operator.get(list_of("export"), {"problem": value}).context["cl"].queryset.count() == found


def test_connection_page_then_leads_to_what_belongs_to_it(
    as_operator: Client, planted: Connection, other_employer: Employer
) -> None:
    plant(other_employer)
    form = as_operator.get(page_of(planted)).content.decode()
    for model in ("syncrun", "greenhousejobpost", "joblink", "export"):
        start = form.index(f"{list_of(model)}?")
        answer = as_operator.get(form[start : form.index('"', start)])
        assert answer.context["cl"].queryset.count() == 1


def test_sync_page_then_tells_how_far_it_came(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(page_of(SyncRun.objects.get())).content.decode()
    assert "73 %" in html
    assert "jobs: 2 pages<br>offices: 1 page, not done" in html
    assert "0:01:15" in html


def test_post_page_then_shows_the_text_without_its_scripts(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(page_of(GreenhouseJobPost.objects.get())).content.decode()
    assert "Care for <strong>robots</strong>." in html
    assert "alert(1)" not in html


def test_post_page_when_not_offered_then_tells_why_and_leads_to_our_job(
    as_operator: Client, planted: Connection
) -> None:
    GreenhouseJobPost.objects.update(is_live=False)
    post = GreenhouseJobPost.objects.get()
    html = as_operator.get(page_of(post)).content.decode()
    assert post.reason_not_offered in html
    assert f'<a href="{page_of(post.link.job)}">{post.link.job.title}</a>' in html


def test_post_page_when_the_address_is_no_web_address_then_is_no_link(as_operator: Client, planted: Connection) -> None:
    GreenhouseJobPost.objects.update(public_url="javascript:alert(2)")
    html = as_operator.get(page_of(GreenhouseJobPost.objects.get())).content.decode()
    assert "javascript:alert(2)" in html
    assert 'href="javascript' not in html


def test_location_list_then_names_the_place_of_the_right_kind(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(list_of("greenhousepostlocation")).content.decode()
    assert html.count("The office") == html.count("The custom_location") == 1


def test_name_list_then_names_the_parent(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(list_of("greenhousename")).content.decode()
    assert '<td class="field-parent_name">The office</td>' in html


# --- secrets -------------------------------------------------------------------------------


def test_pages_of_the_whole_admin_then_hold_no_secret(as_operator: Client, planted: Connection) -> None:
    planted.refresh_from_db()
    assert (planted.secret.reveal(), planted.token.reveal()) == (SECRET, TOKEN)
    hidden = (SECRET, TOKEN, planted.secret.stored, planted.token.stored)
    addresses = [reverse("admin:index")]
    for model in admin.site._registry:
        name = model._meta.label_lower.replace(".", "_")
        addresses.append(reverse(f"admin:{name}_changelist"))
        for row in model._base_manager.all()[:5]:
            addresses += [page_of(row, page) for page in ("change", "history", "delete")]
    for address in addresses:
        html = as_operator.get(address).content.decode()
        assert not any(words in html for words in hidden), address
    assert "…cdef" in as_operator.get(page_of(planted)).content.decode()


@pytest.mark.parametrize(
    ("model", "lookup"),
    [("connection", "secret__startswith"), ("connection", "token"), ("export", "connection__token__startswith")],
)
def test_list_when_filtered_by_a_secret_then_refuses(
    as_operator: Client, planted: Connection, model: str, lookup: str
) -> None:
    assert as_operator.get(list_of(model), {lookup: "g"}).status_code == 400


# --- rights --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_pages_when_not_staff_then_lead_to_the_log_in(planted: Connection, as_alice: Client, model: str) -> None:
    for address in (list_of(model), page_of(rows_of(model)[0])):
        answer = as_alice.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("model", MODELS)
def test_pages_when_staff_without_the_right_then_forbidden(planted: Connection, model: str) -> None:
    client = _signed_in(UserFactory(is_staff=True))
    assert client.get(list_of(model)).status_code == 403
    assert client.get(page_of(rows_of(model)[0])).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_pages_when_operator_then_nothing_is_added_or_written_over(
    as_operator: Client, planted: Connection, model: str
) -> None:
    assert as_operator.get(reverse(f"admin:integrations_{model}_add")).status_code == 403
    assert as_operator.post(page_of(rows_of(model)[0]), {}).status_code == 403


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"joblink"}))
def test_pages_when_operator_then_nothing_is_deleted(as_operator: Client, planted: Connection, model: str) -> None:
    row = rows_of(model)[0]
    assert as_operator.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    as_operator.post(list_of(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert row in rows_of(model)


def test_employer_when_deleted_with_a_connection_then_the_ledger_stays(
    as_operator: Client, planted: Connection
) -> None:
    as_operator.post(page_of(planted.employer, "delete"), {"post": "yes"})
    assert Export.objects.count() == 1


def test_job_link_when_deleted_then_job_post_and_export_stay(as_operator: Client, planted: Connection) -> None:
    link = JobLink.objects.get()
    assert as_operator.post(page_of(link, "delete"), {"post": "yes"}).status_code == 302
    assert not JobLink.objects.exists()
    assert link.job.applications.count() == GreenhouseJobPost.objects.count() == Export.objects.count() == 1


@pytest.mark.parametrize(("model", "action"), [("connection", "sync_now"), ("export", "send_again")])
def test_actions_when_staff_may_only_look_then_do_nothing(
    planted: Connection,
    queue: Queue,
    django_capture_on_commit_callbacks: Any,
    model: str,
    action: str,
) -> None:
    looker = UserFactory(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename=f"view_{model}"))
    client, row = _signed_in(looker), rows_of(model)[0]
    assert action not in client.get(list_of(model)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(list_of(model), {"action": action, "_selected_action": [row.pk]})
    assert queue == []


# --- actions -------------------------------------------------------------------------------


def test_sync_now_then_reads_the_active_ones_and_says_how_many(
    as_operator: Client, operator: User, queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = ConnectionFactory(), ConnectionFactory()
    broken = ConnectionFactory(state=ConnectionState.NEEDS_ATTENTION)
    with django_capture_on_commit_callbacks(execute=True):
        said = do(as_operator, "sync_now", first, second, broken)
    runs = SyncRun.objects.order_by("pk")
    assert {run.connection_id for run in runs} == {first.pk, second.pk}
    assert {run.requested_by for run in runs} == {operator}
    assert sorted(queue) == [("run_sync", run.pk) for run in runs]
    assert said == ["Reading 2 connections now.", "Left out 1 connection: only active ones can be read."]


def test_sync_now_when_pressed_twice_then_joins_the_reading(as_operator: Client, planted: Connection) -> None:
    for _ in range(2):
        do(as_operator, "sync_now", planted)
    assert SyncRun.objects.filter(state=SyncState.QUEUED).count() == 1


def test_send_again_then_moves_what_stopped_and_leaves_the_rest(
    as_operator: Client, queue: Queue, django_capture_on_commit_callbacks: Any
) -> None:
    stopped = ExportFactory(state=ExportState.NEEDS_ATTENTION, problem_code="data_refused")
    sent = ExportFactory(state=ExportState.SENT)
    with django_capture_on_commit_callbacks(execute=True):
        said = do(as_operator, "send_again", stopped, sent)
    assert queue == [("run_export", stopped.pk)]
    stopped.refresh_from_db()
    assert (stopped.state, stopped.problem_code) == (ExportState.PENDING, "")
    assert said == ["Sending 1 export again.", "Left 1 export alone: sent already, or on the way."]


def _answers(*codes: str) -> Callable[[Connection], CheckFailed | None]:
    """Stands in for Greenhouse: the answer to each test in turn, where an empty code means all is well."""
    left = list(codes)

    def check(connection: Connection) -> CheckFailed | None:
        code = left.pop(0)
        return CheckFailed(code, "harvest:jobs:list") if code else None

    return check


def test_test_connection_then_says_how_each_one_went(as_operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "check", _answers("scope_missing", ""))
    rows = [ConnectionFactory(employer__name=name, acting_user_name="Maya") for name in ("A <b>", "B")]
    gone = ConnectionFactory(employer__name="C", state=ConnectionState.DISCONNECTED)
    failed, well, left = do(as_operator, "test_connection", *rows, gone)
    problem = PROBLEMS["scope_missing"]
    assert failed == f"A <b>: {problem.title}. {problem.sentence} (harvest:jobs:list) {problem.next_step}"
    assert well == "B: Greenhouse answers, and acts as Maya."
    assert left.startswith("C: disconnected.")
    assert "A &lt;b&gt;: A scope is missing" in as_operator.get(list_of("connection")).content.decode()


def test_test_connection_when_greenhouse_is_down_then_does_not_wait_for_the_others(
    as_operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "check", _answers("connect_unavailable"))
    _, rest = do(as_operator, "test_connection", *(ConnectionFactory() for _ in range(3)))
    assert rest == "Greenhouse does not answer, so we did not test 2 more connections."


def test_test_connection_when_too_many_then_tests_none(as_operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "check", _answers())
    (said,) = do(as_operator, "test_connection", *(ConnectionFactory() for _ in range(TESTS_AT_ONCE + 1)))
    assert said == f"Choose at most {TESTS_AT_ONCE} connections to test at once."


def test_test_connection_when_the_sandbox_answers_then_the_row_is_tested(
    as_operator: Client, connection: Connection
) -> None:
    Connection.objects.update(state=ConnectionState.NEEDS_ATTENTION, problem_code="key_refused")
    (said,) = do(as_operator, "test_connection", connection)
    assert said.startswith("Lumen Robotics: Greenhouse answers, and acts as ")
    connection.refresh_from_db()
    assert (connection.state, connection.problem_code) == (ConnectionState.ACTIVE, "")


def test_actions_then_leave_a_trace_of_who_did_what(as_operator: Client, operator: User, planted: Connection) -> None:
    do(as_operator, "sync_now", planted)
    do(as_operator, "send_again", Export.objects.get())
    entries = LogEntry.objects.order_by("pk")
    assert [entry.get_change_message() for entry in entries] == ["Sync now.", "Send again."]
    assert {entry.user for entry in entries} == {operator}
