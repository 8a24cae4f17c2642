"""The courier: a thread that brings what is due to its address, and tries again when nobody takes it."""

import secrets
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from sandbox.clock import stamp
from sandbox.context import World
from sandbox.exchange import Record
from sandbox.webhooks.encoding import signature_of
from sandbox.webhooks.events import add_delivery
from sandbox.webhooks.headers import extra_headers

# Minutes between one attempt and the next; whoever has failed after the last is given up.
WAITS = (1, 15, 60, 120, 240, 480)
MAX_ATTEMPTS = 1 + len(WAITS)
_KEPT = 1000
_IDLE_SECONDS = 30.0


@dataclass(frozen=True)
class Outcome:
    status: int  # 0: no answer came
    error: str = ""

    @property
    def is_good(self) -> bool:
        return self.status == 200


class Courier:
    def __init__(self, world: World) -> None:
        self.world = world
        self._wake = threading.Event()
        self._ended = threading.Event()
        world.store.on_commit["_deliveries"] = self._wake.set

    def start(self) -> None:
        threading.Thread(target=self._work, name="courier", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()
        self._wake.set()

    def _work(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            delivery, wait_seconds = self._next()
            if delivery is None:
                self._wake.wait(wait_seconds)
            else:
                self._bring(delivery)

    def _bring(self, delivery: Record) -> None:
        try:
            if not self._meets_trouble(delivery):
                deliver(self.world, delivery)
        except Exception:  # noqa: BLE001 - the courier must outlive any one delivery
            traceback.print_exc(file=sys.stderr)
            _give_up(self.world, delivery)

    def _next(self) -> tuple[Record | None, float]:
        """Return the delivery that has been due for longest, or for how long to wait."""
        with self.world.store.lock:
            waiting = self.world.store.where("_deliveries", state="waiting")
            first = min(waiting, key=lambda row: (row["due_at"], row["id"]), default=None)
        if first is None:
            return None, _IDLE_SECONDS
        wait_seconds = float(first["due_at"]) - time.time()
        return (None, wait_seconds) if wait_seconds > 0 else (first, 0)

    def _meets_trouble(self, delivery: Record) -> bool:
        """Let a delivery that sets out for the first time meet what was ordered; say whether it stays behind."""
        order = None if delivery["met_trouble"] else self.world.webhook_trouble.take(delivery["action"])
        if order is None:
            return False
        store = self.world.store
        with store.unit():
            if store.get("_deliveries", delivery["id"]) is None:
                return True
            values: Record = {"met_trouble": True}
            if order.kind == "delay":
                values["due_at"] = time.time() + order.seconds
            elif order.kind in ("drop", "hold"):
                values["state"] = {"drop": "dropped", "hold": "held"}[order.kind]
            elif order.kind == "tamper":
                values["tampered"] = True
            else:
                hook = store.get("webhooks", delivery["webhook_id"])
                for _ in range(order.copies if hook else 0):
                    add_delivery(store, hook or {}, delivery["action"], delivery["body"], delivery["event_id"])
            store.change("_deliveries", delivery["id"], **values)
        return True  # whatever is left of it comes round again


def deliver(world: World, delivery: Record) -> Outcome:
    """Try a delivery once and write down how it went; a ping is never tried again."""
    hook = world.store.get("webhooks", delivery["webhook_id"])
    if hook is None:
        _give_up(world, delivery)
        return Outcome(0, "the webhook was deleted")
    started, at = time.perf_counter(), stamp()
    event_id = _event_id(world, delivery)
    outcome = _send(hook, delivery, event_id, world.switches.webhook_timeout_seconds)
    attempt: Record = {"at": at, "status": outcome.status, "error": outcome.error, "event_id": event_id}
    attempt["milliseconds"] = round((time.perf_counter() - started) * 1000)
    with world.store.unit():
        _record(world, hook, delivery, attempt, outcome)
    return outcome


def _event_id(world: World, delivery: Record) -> str:
    """Return the id of this attempt; whether a retry repeats the first one's is not known."""
    if not delivery["attempts"] or world.switches.webhook_retry_same_id:
        return str(delivery["event_id"])
    return secrets.token_hex(16)


def _send(hook: Record, delivery: Record, event_id: str, timeout_seconds: float) -> Outcome:
    body = delivery["body"].encode()
    secret = "wrong-" + hook["_secret_key"] if delivery["tampered"] else hook["_secret_key"]
    headers = extra_headers(hook) | {
        "Content-Type": "application/json",
        "User-Agent": "Greenhouse Webhook",
        "Greenhouse-Event-ID": event_id,
        "Signature": signature_of(body, secret),
    }
    try:
        return Outcome(_post(hook["endpoint_url"], body, headers, timeout_seconds))
    except TimeoutError:
        return Outcome(0, "timed out")
    except (OSError, HTTPException, ValueError) as error:
        return Outcome(0, getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _post(url: str, body: bytes, headers: dict[str, str], timeout_seconds: float) -> int:
    """Post once, following no redirect and using no proxy, and return the status."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_seconds)
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _record(world: World, hook: Record, delivery: Record, attempt: Record, outcome: Outcome) -> None:
    store = world.store
    if store.get("_deliveries", delivery["id"]) is None:
        return  # the sandbox was reset meanwhile
    attempts = [*delivery["attempts"], attempt]
    values: Record = {"attempts": attempts}
    if outcome.is_good:
        values["state"] = "delivered"
    elif delivery["action"] == "ping" or len(attempts) >= min(hook["max_attempts"], MAX_ATTEMPTS):
        values["state"] = "failed"
    else:
        minutes = WAITS[len(attempts) - 1]
        values |= {"state": "waiting", "due_at": time.time() + minutes * world.switches.webhook_minute_ms / 1000}
    store.change("_deliveries", delivery["id"], **values)
    if outcome.is_good and store.get("webhooks", hook["id"]):
        store.change("webhooks", hook["id"], touch=False, last_delivered=attempt["at"])
    _forget_oldest(world)


def _give_up(world: World, delivery: Record) -> None:
    with world.store.unit():
        if world.store.get("_deliveries", delivery["id"]):
            world.store.change("_deliveries", delivery["id"], state="failed")


def _forget_oldest(world: World) -> None:
    """Keep the log to its length; what still waits is never forgotten."""
    table = world.store.table("_deliveries")
    over = len(table.order) - _KEPT
    if over > 0:
        settled = [one for one in table.order[: over + 50] if table.records[one]["state"] not in ("waiting", "held")]
        for delivery_id in settled[:over]:
            world.store.remove("_deliveries", delivery_id)
