"""Trouble by chance, the same on every run: what the n-th request to a place meets hangs on the seed alone."""

import threading
from collections import Counter
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from sandbox import bodies
from sandbox.exchange import Record, unprocessable
from sandbox.faults import KINDS, Fault

# Every way an exchange can go wrong, before the work and after it.
EVERYTHING: tuple[Record, ...] = (
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "truncate"},
    {"kind": "slow", "seconds": 0.3},
    {"kind": "broken_json"},
    {"kind": "html", "after": True},
    {"kind": "status", "status": 429},
    *({"kind": "status", "status": status, "after": after} for status in (500, 502, 503) for after in (False, True)),
)
_ORDER: dict[str, bodies.Check] = {
    "seed": bodies.integer,
    "percent": bodies.integer,
    "path": bodies.filled,
    "method": bodies.filled,
    "kinds": bodies.list_of(bodies.structure),
    "at_most": bodies.nullable(bodies.integer),
}


@dataclass(frozen=True)
class Plan:
    seed: int
    percent: int  # of the requests that match
    path: str = "/v3"
    method: str = "*"
    kinds: tuple[Record, ...] = EVERYTHING
    at_most: int | None = None  # then all is well again


class Chaos:
    """One plan at a time. The place of a request is its method and collection, whoever sends it and in what order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plan: Plan | None = None
        self._seen: Counter[str] = Counter()
        self._met = 0

    def follow(self, wanted: Record) -> Record:
        """Begin a plan, counting requests from none.

        Raises: Refusal 422 when its description makes no sense.
        """
        order = bodies.checked(wanted, _ORDER, required=("seed", "percent"))
        if not 0 <= order["percent"] <= 100:
            raise unprocessable({"percent": "must be from 0 to 100"})
        kinds = tuple(order.get("kinds") or EVERYTHING)
        for kind in kinds:
            _fault(kind)
        plan = Plan(**{**order, "kinds": kinds})
        with self._lock:
            self._plan, self._met = plan, 0
            self._seen.clear()
        return asdict(plan)

    def stop(self) -> None:
        with self._lock:
            self._plan = None

    def told(self) -> Record:
        """Return the plan and how many requests have met trouble so far."""
        with self._lock:
            return {"plan": self._plan and asdict(self._plan), "met": self._met, "seen": sum(self._seen.values())}

    def take(self, method: str, path: str) -> Fault | None:
        """Return what this request meets, if anything."""
        with self._lock:
            plan = self._plan
            if plan is None or not Fault("slow", plan.method, plan.path).matches(method, path):
                return None
            if plan.at_most is not None and self._met >= plan.at_most:
                return None
            place = " ".join([method, *path.split("/")[1:3]])
            self._seen[place] += 1
            chance = Random(f"{plan.seed} {place} {self._seen[place]}")
            if chance.random() * 100 >= plan.percent:
                return None
            self._met += 1
            return _fault(chance.choice(plan.kinds))


def _fault(described: dict[str, Any]) -> Fault:
    try:
        fault = Fault(**described)
    except TypeError:
        raise unprocessable({"kinds": "must be faults"}) from None
    if fault.kind not in KINDS:
        raise unprocessable({"kinds": f"must be of {', '.join(KINDS)}"})
    return fault
