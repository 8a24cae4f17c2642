"""What may befall a delivery on its way, on order: the next ones of an event meet it."""

import threading
from dataclasses import asdict, dataclass, fields

from sandbox.exchange import Record, unprocessable
from sandbox.webhooks.events import EVENTS

KINDS = {
    "drop": "it is never sent",
    "hold": "it waits until it is let go",
    "delay": "it waits some seconds",
    "repeat": "it is sent twice, under one event id",
    "tamper": "its signature is wrong",
}


@dataclass
class Trouble:
    """One order. `skip` matching deliveries pass first, then `times` of them meet it."""

    kind: str
    action: str = "*"
    times: int = 1
    skip: int = 0
    seconds: float = 1.0  # of a delay
    copies: int = 1  # of a repeat


class Troubles:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Trouble] = []

    def add(self, wanted: Record) -> Trouble:
        """Order one kind of trouble.

        Raises: Refusal 422 when its description makes no sense.
        """
        known = {field.name: field.type for field in fields(Trouble)}
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise unprocessable(*({name: "is not part of a trouble"} for name in unknown))
        if wanted.get("kind") not in KINDS:
            raise unprocessable({"kind": f"must be one of {', '.join(KINDS)}"})
        if wanted.get("action", "*") not in ("*", "ping", *EVENTS):
            raise unprocessable({"action": "is not an event"})
        order = Trouble(**wanted)
        with self._lock:
            self._orders.append(order)
        return order

    def take(self, action: str) -> Trouble | None:
        """Return what the delivery meets, counting it down."""
        with self._lock:
            for order in self._orders:
                if order.action not in ("*", action):
                    continue
                if order.skip:
                    order.skip -= 1
                    continue
                order.times -= 1
                if order.times <= 0:
                    self._orders.remove(order)
                return order
        return None

    def listed(self) -> list[Record]:
        with self._lock:
            return [asdict(order) for order in self._orders]

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()
