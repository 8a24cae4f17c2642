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
from django.db import connection
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
# On PostgreSQL the wait for one commit alone takes longer than the empty view: there the floor is a view that commits.
MIN_RATIOS = {"sqlite": {"empty": 0.4}, "postgresql": {"bare": 0.4}}
_SECRET = "bench-webhook-secret"
_KEY = "bench-endpoint"
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


@csrf_exempt
def empty(request: HttpRequest) -> HttpResponse:
    """Answer 200, and do nothing else."""
    return HttpResponse()


@csrf_exempt
def bare(request: HttpRequest) -> HttpResponse:
    """Keep the body in one committed row, unread and unchecked: what no intake that stores can do without."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_bare (body) VALUES (%s)", [request.body.decode()])
    return HttpResponse()


# At the front: addresses are tried in turn, and that of the intake is the first of ours.
urlpatterns = [path("empty/", empty), path("bare/", bare), *urls.urlpatterns]
ADDRESSES = {"empty": "/empty/", "bare": "/bare/", "intake": f"/greenhouse/hooks/{_KEY}/"}


@dataclass(frozen=True)
class Round:
    """Requests per second of one round, one after the other."""

    empty: float
    bare: float
    intake: float


@dataclass(frozen=True)
class Figures:
    """Shape: `missing` deliveries were answered, and are not there."""

    rounds: tuple[Round, ...]
    missing: int

    def ratio_to(self, name: str) -> float:
        """Return the median of the rounds' ratios to the view of this name."""
        ratios: list[float] = [one.intake / getattr(one, name) for one in self.rounds]
        return statistics.median(ratios)

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = []
        for name, promised in MIN_RATIOS[connection.vendor].items():
            if (ratio := self.ratio_to(name)) < promised:
                sentences.append(f"Intake is {ratio:.2f} times as fast as the {name} view; {promised} is promised.")
        if self.missing:
            sentences.append(f"{self.missing} deliveries were answered and not stored.")
        return sentences

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        rates = {name: statistics.median(getattr(one, name) for one in self.rounds) for name in ADDRESSES}
        promised = MIN_RATIOS[connection.vendor]
        return [
            f"empty view  {rates['empty']:.0f} requests/s ({machine()})",
            f"bare view   {rates['bare']:.0f} requests/s, each kept in one committed row",
            f"intake      {rates['intake']:.0f} deliveries/s, each new, verified, encrypted and stored",
            *(
                f"ratio       {self.ratio_to(name):.2f} to the {name} view, median of {len(self.rounds)} rounds"
                + (f"; at least {promised[name]} is promised" if name in promised else "")
                for name in ("empty", "bare")
            ),
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
            rates = {name: _rate(application, address, bodies) for name, address in ADDRESSES.items()}
            if number:  # the first one warms up
                measured.append(Round(**rates))
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
        greenhouse = Connection.objects.create(
            employer=employer,
            state=ConnectionState.ACTIVE,
            credential_kind=CredentialKind.OAUTH,
            client_id="bench-client",
            secret=Secret.of("bench-secret"),
        )
        stack.enter_context(_bare_table())
        try:
            yield WebhookEndpoint.objects.create(connection=greenhouse, key=_KEY, secret=Secret.of(_SECRET))
        finally:
            employer.delete()


@contextmanager
def _bare_table() -> Iterator[None]:
    key = "bigserial" if connection.vendor == "postgresql" else "integer"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_bare (id {key} PRIMARY KEY, body text)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bench_bare")
