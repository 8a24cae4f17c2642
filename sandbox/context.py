"""What every part of the running sandbox shares."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandbox.chaos import Chaos
from sandbox.clock import stamp
from sandbox.exchange import Record, Request
from sandbox.faults import Faults
from sandbox.store import Store
from sandbox.switches import Switches, as_record, changed
from sandbox.tokens import Caller
from sandbox.traffic import RateLimiter, RequestLog
from sandbox.webhooks.trouble import Troubles


@dataclass
class World:
    store: Store
    seed_name: str = "demo"
    faults: Faults = field(default_factory=Faults)
    chaos: Chaos = field(default_factory=Chaos)
    webhook_trouble: Troubles = field(default_factory=Troubles)
    log: RequestLog = field(default_factory=RequestLog)
    limiter: RateLimiter = field(default_factory=RateLimiter)
    switches: Switches = field(default_factory=Switches)
    started: threading.Event = field(default_factory=threading.Event)

    def load_switches(self) -> None:
        row = self.store.first("_switches")
        known = as_record(Switches())
        kept = {name: value for name, value in row["values"].items() if name in known} if row else {}
        self.switches = changed(Switches(), kept)
        self._set_clock()

    def set_switches(self, wanted: Record) -> None:
        """Turn switches, here and in the file, so that they survive a restart.

        Raises: Refusal 422 for an unknown switch or value; nothing is changed then.
        """
        with self.store.unit():
            switches = changed(self.switches, wanted)
            row = self.store.first("_switches")
            if row:
                self.store.change("_switches", row["id"], values=as_record(switches))
            else:
                self.store.add("_switches", values=as_record(switches))
            self.switches = switches
            self._set_clock()

    def _set_clock(self) -> None:
        """Date new records by the clock of this Greenhouse, which may not be ours."""
        ahead = timedelta(seconds=self.switches.clock_ahead_seconds)
        self.store.now = lambda: stamp(datetime.now(UTC) + ahead)


@dataclass(frozen=True)
class Call:
    """One authorised API request, with the record it names in its path, if it names one."""

    world: World
    request: Request
    caller: Caller
    target: Record

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def acting_user_id(self) -> int:
        return int(self.caller.user["id"])
