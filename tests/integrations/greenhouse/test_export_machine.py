"""Exactly once, whatever happens: any crash point, any answer, several exports of one person, in any order.

The sandbox answers in this process, so that hundreds of stories fit into seconds. Each story ends with Greenhouse and
us in good health again, and then everything must be there once.
"""

import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import requests
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Employer
from candidates.models import Candidate
from integrations import credentials, sending, sweeps
from integrations.greenhouse import export
from integrations.greenhouse.export import attempt as attempting
from integrations.models import Connection, Export, ExportState, GreenhouseJob, GreenhousePerson
from tests.factories import CandidateFactory, ConnectionFactory, GreenhouseJobFactory
from tests.integrations.greenhouse.sending import apply, owe
from tests.sandbox_in_process import BASE, Answer, InProcessSandbox

pytestmark = pytest.mark.django_db

STORIES, STEPS = 60, 6
ROUNDS = 8  # attempts that a healthy Greenhouse may take to get everything


class Killed(BaseException):
    """As SIGKILL ends a worker: nothing of ours runs after it."""


def _cut(_: Answer) -> requests.Response:
    raise requests.ConnectionError("cut before it was done")


def _cut_after(answer: Answer) -> requests.Response:
    answer()
    raise requests.ConnectionError("cut after it was done")


def _late(answer: Answer) -> requests.Response:
    answer()
    raise requests.ReadTimeout


def _killed(_: Answer) -> requests.Response:
    raise Killed


def _killed_after(answer: Answer) -> requests.Response:
    answer()
    raise Killed


def _status(status: int, *, after: bool = False, body: bytes = b"{}") -> Callable[[Answer], requests.Response]:
    def spoilt(answer: Answer) -> requests.Response:
        if after:
            answer()
        response = requests.Response()
        response.status_code, response._content = status, body
        return response

    return spoilt


TROUBLES: dict[str, Callable[[Answer], requests.Response]] = {
    "cut before": _cut,
    "cut after": _cut_after,
    "answer too late": _late,
    "killed before": _killed,
    "killed after": _killed_after,
    "500 and not done": _status(500),
    "503 though done": _status(503, after=True),
    "a web page though done": _status(200, after=True, body=b"<html>"),
    "429": _status(429),
    "422": _status(422),
    "401 for good": _status(401),
}
PLACES = ("job", "other job", "prospect", "prospect without job")
KINDS = (*PLACES, "stage")


class Sending(RuleBasedStateMachine):
    """The story of one person, who may be owed to Greenhouse several times over."""

    greenhouse: ClassVar[InProcessSandbox]
    jobs: ClassVar[list[GreenhouseJob]]
    told: ClassVar[Counter[str]] = Counter()
    story: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        Sending.story += 1
        self.email = f"ada{Sending.story}@lovelace.example"
        self.rows: dict[str, Export] = {}
        self.troubles: dict[int, str] = {}
        self.calls = 0
        self.killed_at_commit: tuple[int, bool] | None = None
        self.commits = 0
        self.greenhouse.on_api_call = self._on_api_call

    @initialize(is_known=st.booleans(), kinds=st.sets(st.sampled_from(KINDS), min_size=1))
    def somebody(self, is_known: bool, kinds: set[str]) -> None:
        self.candidate: Candidate = CandidateFactory(email=self.email)
        if is_known:
            body = {"first_name": "A", "last_name": "L", "email_addresses": [{"value": self.email, "type": "work"}]}
            credentials.client_for(Connection.objects.get()).write("POST", "/v3/candidates", body)
        for kind in sorted(kinds):
            self._owe(kind)

    def _owe(self, kind: str) -> None:
        place = "job" if kind == "stage" else kind  # both would be one application
        if place not in self.rows:
            application = apply(self.jobs[PLACES.index(place)], candidate=self.candidate)
            self.rows[place] = owe(application, **self._settings(kind))

    def _settings(self, kind: str) -> dict[str, Any]:
        if kind == "stage":
            stages = self.greenhouse.store.where("job_interview_stages", job_id=int(self.jobs[0].remote_id))
            return {"stage_remote_id": str(stages[1]["id"])}
        if kind == "prospect without job":
            return {"sends_as": "prospect", "greenhouse_job": None}
        return {"sends_as": "prospect" if kind == "prospect" else "candidate"}

    @rule(
        which=st.integers(0, 3),
        troubles=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(sorted(TROUBLES))), min_size=1, max_size=2),
        killed_at_commit=st.none() | st.tuples(st.integers(0, 5), st.booleans()),
        is_later=st.booleans(),
    )
    def attempted(
        self,
        which: int,
        troubles: list[tuple[int, str]],
        killed_at_commit: tuple[int, bool] | None,
        is_later: bool,
    ) -> None:
        """A worker takes one of the exports: at once, or after all leases have run out."""
        row = list(self.rows.values())[which % len(self.rows)]
        self.troubles, self.killed_at_commit = dict(troubles), killed_at_commit
        if is_later:
            self._time_passes()
        self._run(row)

    def _time_passes(self) -> None:
        """What dead workers held is free again, the connection was repaired, and somebody pressed Send again."""
        past = timezone.now() - timedelta(seconds=1)
        Export.objects.filter(state=ExportState.SENDING).update(lease_until=past)
        GreenhousePerson.objects.update(lease_until=past)
        Connection.objects.get().mark_well()
        sweeps.take_due_exports()
        for row in Export.objects.all():
            sending.send_again(export=row)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        assert len(self.greenhouse.of_email("candidates", self.email)) <= 1
        for collection, key in (("applications", self._place), ("attachments", _file), ("notes", _note)):
            found = Counter(key(row) for row in self.greenhouse.of_email(collection, self.email))
            assert not [place for place, count in found.items() if count > 1], collection

    def teardown(self) -> None:
        """In the end everybody is well, and everything must be there, once."""
        try:
            self.troubles, self.killed_at_commit = {}, None
            for _ in range(ROUNDS):
                if not Export.objects.exclude(state=ExportState.SENT).exists():
                    break
                self._time_passes()
                for row in self.rows.values():
                    self._run(row)
            self._everything_is_there()
        finally:
            Candidate.objects.filter(email=self.email).delete()
            GreenhousePerson.objects.all().delete()

    def _everything_is_there(self) -> None:
        states = {kind: Export.objects.get(pk=row.pk).state for kind, row in self.rows.items()}
        assert set(states.values()) <= {ExportState.SENT}, states
        Sending.told.update([str(len(self.rows))])
        self.nothing_is_there_twice()
        if self.rows:
            assert len(self.greenhouse.of_email("candidates", self.email)) == 1
        for collection in ("applications", "attachments", "notes"):
            assert len(self.greenhouse.of_email(collection, self.email)) == len(self.rows), collection

    def _place(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return row["job_id"], tuple(row["prospective_job_ids"])

    # --- the worker, and what befalls it

    def _run(self, row: Export) -> None:
        self.calls = self.commits = 0
        cache.clear()  # any rate window is over
        Export.objects.filter(pk=row.pk).update(retry_at=None)
        with contextlib.suppress(Killed):
            export.run(row.pk)

    def _on_api_call(self, _: requests.PreparedRequest, answer: Answer) -> requests.Response:
        trouble = self.troubles.get(self.calls)
        self.calls += 1
        Sending.told.update([trouble] if trouble else [])
        return TROUBLES[trouble](answer) if trouble else answer()

    def around_commit(self, commit: Callable[[], Any]) -> Any:
        """Where a worker may be killed between the network and the database."""
        at, after = self.killed_at_commit or (-1, False)
        here = at == self.commits
        self.commits += 1
        if here and not after:
            raise Killed
        result = commit()
        if here:
            raise Killed
        return result


def _file(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["application_id"], row["filename"]


def _note(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["application_id"], row["body"]


@pytest.fixture
def greenhouse(settings: Any) -> Iterator[InProcessSandbox]:
    settings.GREENHOUSE_HARVEST_URL = settings.GREENHOUSE_AUTH_URL = BASE
    settings.GREENHOUSE_SETTLE_SECONDS = 0
    adapter = InProcessSandbox()
    session = credentials._session()
    session.mount(BASE, adapter)
    yield adapter
    del session.adapters[BASE]
    adapter.close()


@pytest.fixture
def machine(
    greenhouse: InProcessSandbox, employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> type[RuleBasedStateMachine]:
    connection = ConnectionFactory(employer=employer, acting_user_remote_id="")
    remote = greenhouse.store.where("jobs", status="open", is_template=False)
    Sending.greenhouse = greenhouse
    Sending.jobs = [
        GreenhouseJobFactory(connection=connection, remote_id=str(row["id"])) for row in remote[: len(PLACES)]
    ]
    Sending.told = Counter()
    current: list[Sending] = []
    make, free = Sending.__init__, attempting.free_person

    def made(machine: Sending) -> None:
        make(machine)
        current[:] = [machine]

    def freed(*args: Any) -> None:
        if not isinstance(sys.exception(), Killed):  # whoever is killed frees nothing
            free(*args)

    monkeypatch.setattr(Sending, "__init__", made)
    monkeypatch.setattr(attempting, "free_person", freed)
    for name in ("begin", "commit"):
        original = getattr(export.Walk, name)

        def around(walk: Any, *args: Any, original: Any = original, **values: Any) -> Any:
            return current[0].around_commit(lambda: original(walk, *args, **values))

        monkeypatch.setattr(export.Walk, name, around)
    return Sending


def test_everything_arrives_exactly_once_whatever_happens_on_the_way(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a story that fails is short enough, and making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    # The stories were worth telling: every trouble was met, and some had several exports of one person.
    assert set(TROUBLES) <= set(Sending.told)
    assert sum(Sending.told[str(count)] for count in (2, 3, 4)) > STORIES / 4
