"""What a window keeps for clicks and applicants is not lost when none of them come."""

from integrations.budget import Budget, Priority
from tests.integrations.fixed_windows import START, FakeClock, Greenhouse, ask, spend


def test_bulk_work_is_told_to_come_for_what_is_left_and_gets_it_late(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    assert spend(shared, greenhouse, Priority.BULK) == 40
    wait = ask(shared, greenhouse, Priority.BULK)
    assert 22 < wait < 24, "the last quarter of the window"
    clock.now = START + wait
    assert spend(shared, greenhouse, Priority.BULK) == 10
    assert ask(shared, greenhouse, Priority.BULK) < 9, "then the next window"
    assert greenhouse.refused == 0


def test_what_clicks_took_is_not_given_to_bulk_work(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    spend(shared, greenhouse, Priority.BULK)
    assert spend(shared, greenhouse, Priority.INTERACTIVE) == 10
    assert ask(shared, greenhouse, Priority.BULK) > 29
    clock.now += 25
    assert spend(shared, greenhouse, Priority.BULK) == 0
    assert greenhouse.refused == 0


def test_clicks_still_come_before_bulk_work_until_the_window_is_late(clock: FakeClock, shared: Budget) -> None:
    greenhouse = Greenhouse(clock)
    spend(shared, greenhouse, Priority.BULK)
    clock.now += 20
    assert ask(shared, greenhouse, Priority.BULK) > 0
    assert ask(shared, greenhouse, Priority.INTERACTIVE) == 0
