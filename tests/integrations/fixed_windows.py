"""A Greenhouse that counts in fixed windows, and a clock to set: what the tests of the budget have in common."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from integrations.budget import Budget, Priority
from integrations.greenhouse.headers import RateWindow
from integrations.greenhouse.transport import Spending

START = 1_800_000_000.0
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


class FakeClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Greenhouse:
    """What a server with fixed windows counts and says, at the moment it gets a request."""

    clock: FakeClock
    limit: int = 50
    window_seconds: int = 30
    ahead: float = 0.0
    refused: int = 0
    counts: Counter[int] = field(default_factory=Counter)

    @property
    def now(self) -> float:
        return self.clock() + self.ahead

    def answer(self) -> Spending:
        number = int(self.now // self.window_seconds)
        self.counts[number] += 1
        left, reset = self.limit - self.counts[number], (number + 1) * self.window_seconds
        window = RateWindow(self.limit, max(0, left), NEVER, reset, int(self.now))
        if left < 0:
            self.refused += 1
            return Spending(window=window, retry_after_seconds=max(1, reset - int(self.now)))
        return Spending(window=window)


def ask(shared: Budget, greenhouse: Greenhouse, priority: Priority = Priority.INTERACTIVE) -> float:
    """One whole request; 0, or how long to wait instead."""
    ticket = shared.take(priority)
    if not ticket.wait_seconds:
        shared.give_back(ticket, greenhouse.answer())
    return ticket.wait_seconds


def spend(shared: Budget, greenhouse: Greenhouse, priority: Priority = Priority.INTERACTIVE) -> int:
    """Ask until told to wait; how many went through."""
    sent = 0
    while not ask(shared, greenhouse, priority):
        sent += 1
        assert sent < 1000, "nothing holds it back"
    return sent
