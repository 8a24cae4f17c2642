"""The whole flow with secrets we know, and then a search for them everywhere something could have been left."""

import base64
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core import mail
from django.core.signals import got_request_exception
from django.db import connection as database
from django.test import Client
from django.utils import timezone
from django.views.debug import ExceptionReporter

from accounts.models import Employer, User
from integrations import connecting, life
from integrations.credentials import Credential, client_for
from integrations.greenhouse import export, sync, tracking
from integrations.models import Connection, CredentialKind, Export, ExportState, GreenhouseJobPost, SyncRun
from tests.candidates import files
from tests.factories import UserFactory
from tests.sandbox_process import (
    ADMIN_EMAIL,
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    PARTNER_CLIENT_ID,
    PARTNER_CLIENT_SECRET,
    SandboxProcess,
)

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = "/employers/lumen-robotics/"
PAGE = f"{HOME}settings/integrations/"
CANDIDATE = "grete.hermann@candidates.example"
FORMS = {
    CredentialKind.OAUTH: {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
    CredentialKind.API_KEY: {"api_key": API_KEY},
}


class Handed:
    """Every secret word that goes to Greenhouse or comes from it, also as it stands in a header."""

    def __init__(self) -> None:
        self.words = {CLIENT_SECRET, API_KEY, PARTNER_CLIENT_SECRET}
        for pair in ((CLIENT_ID, CLIENT_SECRET), (API_KEY, ""), (PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET)):
            self.words.add(base64.b64encode(":".join(pair).encode()).decode())

    def note(self, answer: requests.Response) -> None:
        if answer.request.path_url.split("?")[0] in ("/token", "/auth/token") and answer.ok:
            found = answer.json()
            self.words |= {found[name] for name in ("access_token", "refresh_token") if found.get(name)}

    def found_in(self, text: str) -> list[str]:
        return sorted(word for word in self.words if word in text)


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Handed:
    handed, send = Handed(), requests.adapters.HTTPAdapter.send

    def listen(self: requests.adapters.HTTPAdapter, request: Any, **kwargs: Any) -> requests.Response:
        answer = send(self, request, **kwargs)
        handed.note(answer)
        return answer

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", listen)
    return handed


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that any logger says, as the program would write it, down to the smallest."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.terminator = "\n\x00"  # some write many lines at once
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    names = ("", *logging.root.manager.loggerDict)
    before = {name: logging.getLogger(name).level for name in names}
    logging.getLogger().addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def broker() -> "redis.Redis[bytes]":
    client = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    client.flushdb()
    return client


# --- the searchers ---------------------------------------------------------------------------


def _everything_in_the_database() -> str:
    found = []
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")
            found += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(found)


def _everything_in_the_broker(broker: "redis.Redis[bytes]") -> str:
    readers = {
        b"string": broker.get,
        b"list": lambda key: broker.lrange(key, 0, -1),
        b"hash": broker.hgetall,
        b"set": broker.smembers,
        b"zset": lambda key: broker.zrange(key, 0, -1),
    }
    found = []
    for key in broker.scan_iter():
        held: Any = readers[broker.type(key)](key)
        found += [repr(key), repr(held)]
        found += [base64.b64decode(json.loads(message)["body"]).decode() for message in _messages(held)]
    return "\n".join(found)


def _messages(held: Any) -> list[bytes]:
    return [row for row in held if row.startswith(b'{"body"')] if isinstance(held, list) else []


def _every_admin_page() -> str:
    operator = Client()
    operator.force_login(UserFactory(email="operator@example.com", is_staff=True, is_superuser=True))
    found = []
    for model in ("connection", "syncrun", "export", "stepreport", "problementry", "setupinvitation"):
        listing = operator.get(f"/admin/integrations/{model}/")
        assert listing.status_code == 200
        found.append(listing.text)
    for row in Connection.objects.all():
        found.append(operator.get(f"/admin/integrations/connection/{row.pk}/change/").text)
    for row in Export.objects.all():
        found.append(operator.get(f"/admin/integrations/export/{row.pk}/change/").text)
    return "\n".join(found)


def _every_employer_page(client: Client) -> str:
    paths = ("dashboard/", "jobs/", "import/", "applicants/", "settings/integrations/")
    return "\n".join(client.get(HOME + path).text for path in (*paths, "settings/integrations/disconnect/"))


# --- the flow --------------------------------------------------------------------------------


def _connect(client: Client, kind: CredentialKind, sandbox: SandboxProcess) -> str:
    if kind == CredentialKind.PARTNER:
        leave = client.post(f"{PAGE}greenhouse/").headers["Refresh"].partition("url=")[2]
        back = sandbox.consent(leave)
        return client.get(back[back.index("/greenhouse/callback/") :], follow=True).text
    form = {"credential_kind": kind.value, "email": ADMIN_EMAIL, **FORMS[kind]}
    return client.post(PAGE, form, follow=True).text


def _import(client: Client) -> str:
    client.post(f"{HOME}import/")
    run = SyncRun.objects.get()
    while sync.run(run.pk):
        SyncRun.objects.filter(pk=run.pk).update(retry_at=None)
    listed = list(GreenhouseJobPost.objects.offered().values_list("pk", flat=True))
    return client.post(f"{HOME}import/save/", {"listed": listed, "live": listed}, follow=True).text


def _apply() -> str:
    post = GreenhouseJobPost.objects.offered().select_related("link__job").first()
    assert post is not None
    form = {"first_name": "Grete", "last_name": "Hermann", "email": CANDIDATE, "note": "Quantum."}
    path = f"/companies/lumen-robotics/jobs/{post.link.job_id}/apply/"
    return Client().post(path, {**form, "resume": files.uploaded(files.pdf(), "Grete.pdf")}, follow=True).text


def _send_and_follow(connection: Connection) -> None:
    export.run(Export.objects.get().pk)
    assert Export.objects.get().state == ExportState.SENT
    Connection.objects.update(poll_due_at=timezone.now())
    tracking.poll(connection.pk)


def _break(connection: Connection, sandbox: SandboxProcess) -> None:
    """The credential is taken away in Greenhouse; the next import, the recheck and a letter to the admins follow."""
    if connection.credential_kind == CredentialKind.OAUTH:
        sandbox.set_credential(CLIENT_ID, revoked=True)
    sandbox.expire_tokens()
    sandbox.faults({"kind": "status", "status": 401, "path": "/v3/jobs", "times": 9})
    connection.refresh_from_db()
    connecting.check(connection)
    connection.mark_trouble("key_refused")
    Connection.objects.update(broken_since=timezone.now() - timedelta(minutes=5))
    life.tell_admins(connection.pk)


def _crash(client: Client, kind: CredentialKind, monkeypatch: pytest.MonkeyPatch, settings: Any) -> str:
    """An error nobody foresaw, deep inside: as visitors see it, with DEBUG too, and as an error reporter would."""
    reports: list[str] = []

    def report(request: Any, **_: Any) -> None:
        for is_html in (True, False):
            reporter = ExceptionReporter(request, *sys.exc_info())
            reports.append(reporter.get_traceback_html() if is_html else reporter.get_traceback_text())

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("nobody foresaw this")

    client.raise_request_exception = False
    settings.ADMINS = [("Operator", "operator@example.com")]
    got_request_exception.connect(report)
    with monkeypatch.context() as broken:
        broken.setattr(requests.adapters.HTTPAdapter, "send", crash)
        pages = []
        for debug in (False, True):
            settings.DEBUG = debug
            form_kind = kind if kind in FORMS else CredentialKind.OAUTH
            form = {"credential_kind": form_kind.value, "email": ADMIN_EMAIL, **FORMS[form_kind]}
            pages.append(client.post(PAGE, form).text)
            pages.append(client.post(f"{PAGE}test/").text)
    got_request_exception.disconnect(report)
    settings.DEBUG = False
    client.raise_request_exception = True
    assert "nobody foresaw this" in reports[0]
    assert "fetch_token" in reports[0], "the report reaches down to where the secret was in hand"
    return "\n".join([*pages, *reports])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", list(CredentialKind), ids=str)
def test_no_secret_is_left_anywhere(
    kind: CredentialKind,
    sandbox: SandboxProcess,
    employer: Employer,
    alice: User,
    as_alice: Client,
    handed: Handed,
    logs: io.StringIO,
    broker: "redis.Redis[bytes]",
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    settings.GREENHOUSE_PARTNER_CLIENT_ID = PARTNER_CLIENT_ID
    settings.GREENHOUSE_PARTNER_CLIENT_SECRET = PARTNER_CLIENT_SECRET
    seen = {"connecting": _connect(as_alice, kind, sandbox)}
    connection = Connection.objects.get()
    assert connection.credential_kind == kind
    seen["importing"] = _import(as_alice)
    seen["applying"] = _apply()
    seen["broker"] = _everything_in_the_broker(broker)
    _send_and_follow(connection)
    _break(connection, sandbox)
    seen["crash"] = _crash(as_alice, kind, monkeypatch, settings)
    seen["pages"] = _every_employer_page(as_alice)
    seen["admin"] = _every_admin_page()
    seen["database"] = _everything_in_the_database()
    seen["mail"] = "\n".join(str(message.__dict__) for message in mail.outbox)
    seen["repr"] = repr((connection, vars(connection), Credential.of(connection), client_for(connection)))
    seen["logs"] = logs.getvalue()

    assert len(handed.words) > 6, "tokens were seen"
    assert {place: handed.found_in(text) for place, text in seen.items() if handed.found_in(text)} == {}
    # Each searcher finds what is there.
    assert CANDIDATE in seen["database"]
    assert "integrations.tasks.run_export" in seen["broker"]
    assert "/token" in seen["logs"]
    assert "Greenhouse of Lumen Robotics needs attention" in seen["mail"]
    # And the candidate stays out of logs, tasks, reports and e-mails of ours about Greenhouse.
    assert CANDIDATE not in seen["broker"] + seen["crash"] + seen["mail"]
    said = [line for line in seen["logs"].split("\n\x00") if CANDIDATE in line and not _is_kept_out(line)]
    assert said == []


def _is_kept_out(line: str) -> bool:
    """Tell whether the settings keep a line out of the log even where LOG_LEVEL is DEBUG."""
    name, level = line.split(" ")[:2]
    floors = django_settings.LOGGING["loggers"].items()
    return any(
        f"{name}.".startswith(f"{logger}.") and logging.getLevelName(level) < logging.getLevelName(floor["level"])
        for logger, floor in floors
    )


@pytest.mark.django_db
def test_the_searchers_would_find_it(
    sandbox: SandboxProcess, employer: Employer, handed: Handed, logs: io.StringIO, broker: "redis.Redis[bytes]"
) -> None:
    UserFactory(email="x@example.com", first_name=CLIENT_SECRET)
    logging.getLogger("integrations.anything").debug("using %s", API_KEY)
    body = base64.b64encode(json.dumps([[CLIENT_SECRET], {}, {}]).encode()).decode()
    broker.lpush("celery", json.dumps({"body": body}))
    assert handed.found_in(_everything_in_the_database()) == [CLIENT_SECRET]
    assert handed.found_in(logs.getvalue()) == [API_KEY]
    assert handed.found_in(_everything_in_the_broker(broker)) == [CLIENT_SECRET]
    broker.flushdb()


# --- production does not start without keys --------------------------------------------------


def _start(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    basic = {"DEBUG": "false", "SECRET_KEY": "s" * 50, "ALLOWED_HOSTS": "jobs.example.com", "VAR_DIR": str(tmp_path)}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-c", "import purposejobs.wsgi"]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **basic, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (None, "FIELD_ENCRYPTION_KEYS is not set"),
        ("", "FIELD_ENCRYPTION_KEYS"),
        ("aW5zZWN1cmUta2V5LWZvci1hLWZyZXNoLWNsb25lISE=", "FIELD_ENCRYPTION_KEYS is not set"),
        ("too-short", "FIELD_ENCRYPTION_KEYS holds something that is no Fernet key"),
        (f"{Fernet.generate_key().decode()},nonsense", "FIELD_ENCRYPTION_KEYS holds something that is no Fernet key"),
    ],
    ids=["none", "empty", "the public one", "no key", "second is none"],
)
def test_production_refuses_to_start_without_a_key(tmp_path: Path, keys: str | None, words: str) -> None:
    ended = _start(tmp_path, **({} if keys is None else {"FIELD_ENCRYPTION_KEYS": keys}))
    assert ended.returncode != 0
    assert words in ended.stderr
    assert "nonsense" not in ended.stderr


def test_production_starts_with_a_key(tmp_path: Path) -> None:
    ended = _start(tmp_path, FIELD_ENCRYPTION_KEYS=Fernet.generate_key().decode())
    assert ended.returncode == 0, ended.stderr
