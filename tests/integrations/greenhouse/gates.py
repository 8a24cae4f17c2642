"""A gate that lets everything through and remembers it, or nothing at all."""

from integrations.greenhouse.errors import RateLimited
from integrations.greenhouse.transport import Call, Spending


class RecordingGate:
    def __init__(self, *, closed_for_seconds: float = 0) -> None:
        self.closed_for_seconds = closed_for_seconds
        self.taken = 0
        self.spendings: list[Spending] = []

    def take(self, call: Call) -> object:
        if self.closed_for_seconds:
            raise RateLimited("budget_spent", path=call.path, retry_after_seconds=self.closed_for_seconds)
        self.taken += 1
        return self.taken

    def give_back(self, ticket: object, spending: Spending) -> None:
        self.spendings.append(spending)
