"""The rate budget within one window: never more than Greenhouse allows, never a wait for nothing."""

import time

import pytest
from django.utils import timezone

from integrations import budget
from integrations.budget import Budget, BudgetGate, Priority
from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.transport import Call, Spending
from tests.integrations.fixed_windows import START, FakeClock, Greenhouse, ask, spend

CALL = Call("GET", "/v3/jobs", url="https://harvest.example/v3/jobs")


# One window


def test_the_whole_window_can_be_used_and_not_one_request_more(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    assert spend(shared, greenhouse) == 50
    assert greenhouse.refused == 0


def test_who_comes_too_late_is_sent_to_the_end_of_the_window(clock: FakeClock, shared: Budget) -> None:
    clock.now = START + 12.25
    greenhouse = Greenhouse(clock)
    spend(shared, greenhouse)
    # The server says whole seconds, so its clock may be up to one second further than it says.
    assert 17.75 <= ask(shared, greenhouse) <= 18.8


def test_bulk_work_leaves_a_share_to_interactive_work(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    assert spend(shared, greenhouse, Priority.BULK) == 40
    assert spend(shared, greenhouse, Priority.INTERACTIVE) == 10


@pytest.mark.parametrize(("limit", "bulk"), [(1, 1), (2, 1), (3, 1), (5, 3), (10, 8), (11, 8), (150, 120)])
def test_the_share_is_a_fifth_but_two_at_least_and_never_all(
    clock: FakeClock, shared: Budget, limit: int, bulk: int
) -> None:
    greenhouse = Greenhouse(clock, limit=limit)
    assert spend(shared, greenhouse, Priority.BULK) == bulk


def test_requests_in_flight_count_as_spent(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    out = [shared.take(Priority.INTERACTIVE) for _ in range(12)]
    assert sum(not ticket.wait_seconds for ticket in out) == 9


def test_while_nothing_is_known_only_a_few_go_ahead(shared: Budget) -> None:
    out = [shared.take(Priority.INTERACTIVE) for _ in range(20)]
    assert sum(not ticket.wait_seconds for ticket in out) == 5
    assert out[-1].wait_seconds < 1
    for ticket in out[:5]:
        shared.give_back(ticket, Spending(is_unknown=True))
    after_an_outage = [shared.take(Priority.INTERACTIVE) for _ in range(3)]
    assert sum(not ticket.wait_seconds for ticket in after_an_outage) == 1


def test_answers_that_overtake_each_other_never_raise_what_is_left(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    tickets = [shared.take(Priority.INTERACTIVE) for _ in range(4)]
    answers = [greenhouse.answer() for _ in tickets]
    for ticket, answer in reversed(list(zip(tickets, answers, strict=True))):
        shared.give_back(ticket, answer)
    at_once = [shared.take(Priority.INTERACTIVE) for _ in range(10)]
    assert sum(not ticket.wait_seconds for ticket in at_once) == 5


def test_a_request_that_never_left_costs_nothing_and_one_without_an_answer_does(
    clock: FakeClock, shared: Budget
) -> None:
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending())
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending(is_unknown=True))
    assert spend(shared, greenhouse) == 8


def test_an_outage_does_not_use_the_budget_up(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    ask(shared, greenhouse)
    clock.now += 31
    for _ in range(20):
        ticket = shared.take(Priority.BULK)
        assert not ticket.wait_seconds
        shared.give_back(ticket, Spending(is_unknown=True))


def test_the_pass_of_a_killed_worker_comes_back_when_its_request_must_be_over(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, window_seconds=3600, limit=10)
    ask(shared, greenhouse)
    for _ in range(9):
        shared.take(Priority.INTERACTIVE)
    assert ask(shared, greenhouse)
    clock.now += 31
    assert not ask(shared, greenhouse)


# A 429


def test_a_429_stops_every_worker_until_the_time_it_names(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    ask(shared, greenhouse)
    shared.give_back(shared.take(Priority.INTERACTIVE), Spending(retry_after_seconds=9))
    other_worker = Budget("unused", clock=clock)
    other_worker._keys = shared._keys
    assert other_worker.take(Priority.INTERACTIVE).wait_seconds == pytest.approx(9, abs=0.05)
    clock.now += 31
    assert not ask(other_worker, greenhouse)


def test_somebody_elses_program_in_the_same_window_is_seen(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    for _ in range(30):
        greenhouse.answer()
    assert spend(shared, greenhouse) == 20
    assert greenhouse.refused == 0


# The gate


def test_the_gate_names_the_wait_and_does_not_wait_itself(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, window_seconds=3600)
    spend(shared, greenhouse)
    started = time.monotonic()
    with pytest.raises(RateLimited) as caught:
        BudgetGate(shared).take(CALL)
    assert time.monotonic() - started < 1
    assert (caught.value.code, caught.value.status) == ("budget_spent", None)
    assert caught.value.retry_after_seconds == budget.LONGEST_WAIT_SECONDS, "Celery must not hold a task for an hour"


def test_tasks_come_back_a_little_apart() -> None:
    exc = RateLimited("budget_spent", path="/v3/jobs", retry_after_seconds=10)
    now = timezone.now()
    waits = {(budget.come_back_at(exc) - now).total_seconds() for _ in range(20)}
    assert len(waits) == 20
    assert min(waits) >= 10
    assert max(waits) < 12


def test_the_status_page_learns_what_is_used(clock: FakeClock, shared: Budget) -> None:
    assert shared.state() is None
    greenhouse = Greenhouse(clock)
    for _ in range(7):
        ask(shared, greenhouse)
    usage = shared.state()
    assert usage is not None
    assert usage[:2] == (7, 50)
    assert usage.reset_at is not None
    clock.now += 31
    assert shared.state() == (0, 50, None)
