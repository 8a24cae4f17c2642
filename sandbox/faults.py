"""Trouble on order: the next matching request meets it, a given number of times."""

import itertools
import threading
from dataclasses import asdict, dataclass, fields

from sandbox.exchange import Record, Response, json_response, unprocessable

KINDS = ("status", "reset_before", "reset_after", "slow", "truncate", "html", "nonsense", "broken_json")

_MESSAGES = {
    401: {
        "message": "Unauthorized",
        "errors": ["Token could not be decoded. Please ensure your token is from a trusted source."],
    },
    403: {"message": "Forbidden", "errors": ["You do not have permission to do this."]},
    404: {"message": "Resource not found"},
    422: {"message": "Unprocessable Content", "errors": ["Something about this request was refused."]},
    429: {"message": "Too Many Requests"},
    500: {"message": "Internal Server Error"},
}


@dataclass
class Fault:
    """One piece of trouble. `skip` matching requests pass first, then `times` of them meet it."""

    kind: str
    method: str = "*"
    path: str = "/"
    status: int = 503
    times: int = 1
    skip: int = 0
    seconds: float = 1.0
    after: bool = False  # do the work first, then misbehave
    retry_after: int = 1
    id: int = 0

    def matches(self, method: str, path: str) -> bool:
        prefix = self.path.rstrip("/")
        return self.method in ("*", method) and (path == prefix or path.startswith(prefix + "/"))


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, wanted: Record) -> Fault:
        """Order one fault.

        Raises: Refusal 422 when its description makes no sense.
        """
        known = {field.name: field.type for field in fields(Fault)} | {"id": None}
        unknown = [name for name in wanted if name not in known or name == "id"]
        if unknown:
            raise unprocessable(*({name: "is not part of a fault"} for name in unknown))
        if wanted.get("kind") not in KINDS:
            raise unprocessable({"kind": f"must be one of {', '.join(KINDS)}"})
        fault = Fault(**{**wanted, "id": next(self._numbers)})
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault this request meets, counting it down."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[Record]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]


def fault_response(fault: Fault) -> Response | None:
    """Return what the fault answers in place of the truth, or None when the truth is told."""
    if fault.kind == "status":
        return _status_response(fault)
    if fault.kind == "html":
        page = b"<!doctype html><html><body><h1>Scheduled maintenance</h1></body></html>"
        return Response(200, page, "text/html; charset=utf-8")
    if fault.kind == "broken_json":
        return Response(200, b'{"message": [{"id": 1, "name": "cut off')
    if fault.kind == "nonsense":
        return json_response({"unexpected": [{"id": "not a number"}]})
    return None


def _status_response(fault: Fault) -> Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.status == 429 else {}
    if fault.status in _MESSAGES:
        return json_response(_MESSAGES[fault.status], fault.status, headers)
    return gateway_page(fault.status)


def gateway_page(status: int) -> Response:
    """Answer as the load balancer in front of Greenhouse would, which speaks no JSON."""
    words = {502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
    title = f"{status} {words.get(status, 'Error')}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Response(status, page.encode(), "text/html")
