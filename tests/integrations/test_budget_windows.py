"""The rate budget from window to window, whatever the clocks say and in whatever order answers land."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.budget import Budget, Pass, Priority
from integrations.greenhouse.transport import Spending
from tests.integrations.fixed_windows import FakeClock, Greenhouse, ask, spend


@pytest.mark.parametrize("ahead", [0, -120.4, 120.7])
def test_a_new_window_opens_by_itself_whatever_the_clocks_say(clock: FakeClock, shared: Budget, ahead: float) -> None:
    greenhouse = Greenhouse(clock, ahead=ahead)
    for _ in range(5):
        spend(shared, greenhouse)
        clock.now += ask(shared, greenhouse)
    assert greenhouse.refused == 0
    assert list(greenhouse.counts.values()) == [50] * 5


def test_requests_out_while_the_window_rolls_cannot_overshoot_the_new_one(clock: FakeClock, shared: Budget) -> None:
    clock.now += 20
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    late = [shared.take(Priority.INTERACTIVE) for _ in range(4)]
    clock.now += 12
    sent = spend(shared, greenhouse)
    assert sent + len(late) == 10
    for ticket in late:
        shared.give_back(ticket, greenhouse.answer())
    assert greenhouse.refused == 0


def test_only_a_few_go_ahead_into_a_window_that_nobody_has_seen(clock: FakeClock, shared: Budget) -> None:
    ask(shared, Greenhouse(clock))
    clock.now += 31
    at_once = [shared.take(Priority.BULK) for _ in range(10)]
    assert sum(not ticket.wait_seconds for ticket in at_once) == 5


def test_a_late_answer_of_the_old_window_does_not_close_the_new_one(clock: FakeClock, shared: Budget) -> None:
    clock.now += 20
    greenhouse = Greenhouse(clock, limit=10)
    ask(shared, greenhouse)
    ticket = shared.take(Priority.INTERACTIVE)
    late = Spending(window=greenhouse.answer().window, retry_after_seconds=20)
    clock.now += 12
    ask(shared, greenhouse)
    shared.give_back(ticket, late)
    assert spend(shared, greenhouse) == 9


def test_a_window_that_becomes_shorter_is_believed(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock, window_seconds=3600, limit=10)
    ask(shared, greenhouse)
    clock.now += 2
    greenhouse.window_seconds, greenhouse.limit = 30, 50
    ask(shared, greenhouse)
    usage = shared.state()
    assert usage is not None
    assert usage.limit == 50
    assert usage.reset_at is not None
    assert (usage.reset_at - timezone.now()).total_seconds() < 31


def test_a_clock_that_is_set_is_noticed(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    ask(shared, greenhouse)
    greenhouse.ahead = -90
    greenhouse.counts.clear()
    clock.now += 31
    for _ in range(3):
        spend(shared, greenhouse)
        clock.now += ask(shared, greenhouse)
    assert greenhouse.refused == 0


@dataclass
class Travelling:
    ticket: Pass
    answer: Spending | None = None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    limit=st.integers(5, 25),
    window_seconds=st.sampled_from([1, 2, 7, 30]),
    ahead=st.floats(-150, 150),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["take", "take", "take", "serve", "serve", "land", "land", "lose", "wait"]),
            st.integers(0, 1000),
            st.floats(0, 1),
        ),
        min_size=60,
        max_size=250,
    ),
)
def test_no_order_of_requests_and_answers_overshoots(
    limit: int, window_seconds: int, ahead: float, steps: list[tuple[str, int, float]]
) -> None:
    """Requests leave, are served and land in any order, over many windows, with any difference of the clocks.

    Once a first answer has told the limit: before that, a handful goes ahead of it.
    """
    clock = FakeClock()
    greenhouse = Greenhouse(clock, limit=limit, window_seconds=window_seconds, ahead=ahead)
    shared = Budget(str(uuid4()), clock=clock)
    ask(shared, greenhouse)
    leaving: list[Travelling] = []
    returning: list[Travelling] = []
    for action, which, amount in steps:
        clock.now += amount * 0.05 + (amount * window_seconds / 2 if action == "wait" else 0)
        # Nobody waits longer than this for an answer.
        late = [item for item in (*leaving, *returning) if clock.now > item.ticket.taken_at + 25]
        leaving = [item for item in leaving if item not in late]
        returning = [item for item in returning if item not in late]
        for item in late:
            if item.answer is None:
                greenhouse.answer()
            shared.give_back(item.ticket, Spending(is_unknown=True))
        if action == "take":
            ticket = shared.take(Priority.BULK if which % 2 else Priority.INTERACTIVE)
            if not ticket.wait_seconds:
                leaving.append(Travelling(ticket))
        elif action == "serve" and leaving:
            item = leaving.pop(which % len(leaving))
            item.answer = greenhouse.answer()
            returning.append(item)
        elif action == "land" and returning:
            item = returning.pop(which % len(returning))
            assert item.answer is not None
            shared.give_back(item.ticket, item.answer)
        elif action == "lose" and returning:
            shared.give_back(returning.pop(which % len(returning)).ticket, Spending(is_unknown=True))
    assert greenhouse.refused == 0
