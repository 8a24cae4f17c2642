"""Deliveries of webhooks beside requests to a view that does nothing: the same process, server and middleware."""

import hashlib
import hmac
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Employer
from bench.broker import Broker
from bench.meters import machine
from integrations.fields import Secret
from integrations.models import Connection, ConnectionState, CredentialKind, WebhookDelivery, WebhookEndpoint
from purposejobs import urls

ROUNDS, REQUESTS = 21, 200
MIN_RATIO = 0.4
_SECRET = "bench-webhook-secret"
_KEY = "bench-endpoint"
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


@csrf_exempt
def empty(request: HttpRequest) -> HttpResponse:
    """Answer 200, and do nothing else."""
    return HttpResponse()


urlpatterns = [*urls.urlpatterns, path("empty/", empty)]


@dataclass(frozen=True)
class Round:
    """Requests per second of one round, one after the other."""

    empty: float
    intake: float

    @property
    def ratio(self) -> float:
        return self.intake / self.empty


@dataclass(frozen=True)
class Figures:
    """Shape: `missing` deliveries were answered, and are not there."""

    rounds: tuple[Round, ...]
    missing: int

    @property
    def ratio(self) -> float:
        return statistics.median(one.ratio for one in self.rounds)

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = []
        if self.ratio < MIN_RATIO:
            sentences.append(f"Intake is {self.ratio:.2f} times as fast as an empty view; {MIN_RATIO} is promised.")
        if self.missing:
            sentences.append(f"{self.missing} deliveries were answered and not stored.")
        return sentences

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        empties, intakes = ([getattr(one, name) for one in self.rounds] for name in ("empty", "intake"))
        return [
            f"empty view  {statistics.median(empties):.0f} requests/s ({machine()})",
            f"intake      {statistics.median(intakes):.0f} deliveries/s, each new, verified, encrypted and stored",
            f"ratio       {self.ratio:.2f}, median of {len(self.rounds)} rounds; at least {MIN_RATIO} is promised",
        ]


def run() -> list[str]:
    """Measure, print, and return what is not as promised."""
    figures = measure(rounds=ROUNDS, requests=REQUESTS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, rounds: int, requests: int) -> Figures:
    """Send as many to each in turn, for so many rounds. Effects: rows, taken away again; a broker of its own."""
    with _endpoint() as endpoint:
        application = get_wsgi_application()
        numbers = iter(range(1, 2 + (rounds + 1) * requests))
        measured = []
        for number in range(rounds + 1):
            bodies = [_body(next(numbers)) for _ in range(requests)]
            both = [_rate(application, address, bodies) for address in ("/empty/", f"/greenhouse/hooks/{_KEY}/")]
            if number:  # the first one warms up
                measured.append(Round(*both))
        missing = (rounds + 1) * requests - WebhookDelivery.objects.filter(endpoint=endpoint).count()
    return Figures(tuple(measured), missing)


def _rate(application: Application, address: str, bodies: list[bytes]) -> float:
    """Send these one after the other and return how many a second there were."""
    environs = [_environ(address, body) for body in bodies]
    statuses: list[str] = []
    started = time.perf_counter()
    for environ in environs:
        response = application(environ, lambda status, *_: statuses.append(status))
        response.close()
    took = time.perf_counter() - started
    if set(statuses) != {"200 OK"}:
        raise RuntimeError(f"{address} answered {sorted(set(statuses))}")
    return len(bodies) / took


def _environ(address: str, body: bytes) -> dict[str, Any]:
    """A request as a server hands it to us."""
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": address,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_SIGNATURE": f"sha256 {hmac.new(_SECRET.encode(), body, hashlib.sha256).hexdigest()}",
        "HTTP_GREENHOUSE_EVENT_ID": hashlib.sha256(body).hexdigest()[:32],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }


def _body(number: int) -> bytes:
    """A move to another stage, about as long as Greenhouse's: some 4 KB."""
    custom_fields = {
        f"field_{position}": {"name": f"Field {position}", "type": "short_text", "value": "x" * 80}
        for position in range(24)
    }
    candidate = {"id": number, "first_name": "Ada", "last_name": f"Okafor{number}", "custom_fields": custom_fields}
    application = {
        "id": number,
        "status": "active",
        "candidate": candidate,
        "current_stage": {"id": 7, "name": "Offer"},
    }
    return json.dumps({"action": "candidate_stage_change", "payload": {"application": application}}).encode()


@contextmanager
def _endpoint() -> Iterator[WebhookEndpoint]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="purposejobs-bench-")))
        broker = stack.enter_context(Broker(folder))
        caches = {"default": {**settings.CACHES["default"], "LOCATION": broker.cache_url}}
        stack.enter_context(override_settings(CACHES=caches, ROOT_URLCONF=__name__))
        employer = Employer.objects.create(name="Lumen Robotics", slug="bench-webhooks")
        connection = Connection.objects.create(
            employer=employer,
            state=ConnectionState.ACTIVE,
            credential_kind=CredentialKind.OAUTH,
            client_id="bench-client",
            secret=Secret.of("bench-secret"),
        )
        try:
            yield WebhookEndpoint.objects.create(connection=connection, key=_KEY, secret=Secret.of(_SECRET))
        finally:
            employer.delete()
