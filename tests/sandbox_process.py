"""Run the sandbox as its own process, for tests that want a real conversation."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from requests import Response, Session

from tests.stack_process import end_with_the_tests

CLIENT_ID, CLIENT_SECRET = "demo-client-4", "demo-secret-0123456789abcdef"
LIMITED_CLIENT_ID, LIMITED_CLIENT_SECRET = "limited-client-5", "limited-secret-0123456789abcdef"
OTHER_CLIENT_ID, OTHER_CLIENT_SECRET = "other-client-6", "other-secret-0123456789abcdef"
PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET = "partner-client-9", "partner-secret-0123456789abcdef"
API_KEY = "demo-api-key-0123456789abcdef"
ADMIN_EMAIL, RECRUITER_EMAIL, FORMER_EMAIL = (
    "admin@example.com",
    "recruiter@example.com",
    "former@example.com",
)

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS, _STOP_SECONDS = 20, 5


class SandboxProcess:
    """The sandbox on a free port, with its control API as methods.

    with SandboxProcess(data=tmp_path / "sandbox.sqlite3") as sandbox:
        sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/v3/candidates"})
    """

    def __init__(self, *, data: Path, port: int = 0, seed: str = "demo", latency_ms: int | None = None) -> None:
        self.data, self.port, self.seed_name, self.latency_ms = data, port, seed, latency_ms
        self.process: subprocess.Popen[str] | None = None
        self.url = ""
        # A session of its own, never through a proxy, so that a test's HTTP fakes do not matter here.
        self._session = Session()
        self._session.trust_env = False

    # Life

    def start(self) -> Self:
        """Start it and wait until it listens; a restart keeps the port."""
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port), "--data", str(self.data)]
        command += ["--seed", self.seed_name]
        if self.latency_ms is not None:
            command += ["--latency-ms", str(self.latency_ms)]
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}
        # The sandbox has no part in the program's settings, and must not come to lean on them.
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=end_with_the_tests,
        )
        self.url = self._listening_address()
        self.port = int(self.url.rpartition(":")[2])
        return self

    def _listening_address(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda out: lines.put(out.readline()), args=(self.process.stdout,), daemon=True).start()
        try:
            line = lines.get(timeout=_START_SECONDS)
        except queue.Empty:
            self.kill()
            raise RuntimeError("the sandbox did not start in time") from None
        if "listening on " not in line:
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        return line.split("listening on ")[1].strip()

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it without warning, as a power cut would."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        try:
            code = self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None
        return code

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Control

    def control(self, method: str, name: str, *, params: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """Call `/_sandbox/<name>` and return its JSON."""
        answer = self._session.request(method, f"{self.url}/_sandbox/{name}", params=params, json=body, timeout=30)
        if answer.status_code != 200:
            raise AssertionError(f"{method} /_sandbox/{name}: {answer.status_code} {answer.text}")
        return answer.json()

    def reset(self) -> None:
        """Plant the seed again: same ids, default switches, no faults, empty log, full budget."""
        self.control("POST", "reset")

    def switches(self, **wanted: Any) -> dict[str, Any]:
        """Turn switches and return them all."""
        return dict(self.control("POST", "switches", body=wanted))

    def faults(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        """Order faults and return those still waiting; with none given, only return them."""
        if not orders:
            return list(self.control("GET", "faults"))
        return list(self.control("POST", "faults", body=list(orders)))

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def chaos(self, seed: int, percent: int, **values: Any) -> dict[str, Any]:
        """Let a share of the API requests meet trouble, the same ones for the same seed, until `calm()`.

        `path` and `method` narrow it, `kinds` lists what may happen (as for `faults`), `at_most` ends it by itself.
        """
        return dict(self.control("POST", "chaos", body={"seed": seed, "percent": percent, **values}))

    def calm(self) -> dict[str, Any]:
        """End the chaos and return how many requests it `seen`, and how many of them `met` trouble."""
        return dict(self.control("DELETE", "chaos"))

    def requests(self, method: str = "", path: str = "", after: int = 0) -> list[dict[str, Any]]:
        """Return the API requests seen, oldest first; `path` matches whole segments from the left."""
        return list(self.control("GET", "requests", params={"method": method, "path": path, "after": after}))

    def clear_requests(self) -> None:
        self.control("DELETE", "requests")

    def counts(self) -> dict[str, int]:
        return dict(self.control("GET", "counts"))

    def seed(self, *, posts: int = 0, jobs: int = 0, candidates: int = 0) -> dict[str, int]:
        """Add generated live posts, open jobs and candidates."""
        return dict(self.control("POST", "seed", body={"posts": posts, "jobs": jobs, "candidates": candidates}))

    def renew_limits(self) -> None:
        self.control("POST", "renew_limits")

    def expire_tokens(self, **which: str) -> None:
        """End every token issued so far, or one `token`, or those of one `client_id`; new ones can be had at once."""
        self.control("POST", "expire_tokens", body=which)

    def set_credential(self, client_id: str, **values: Any) -> dict[str, Any]:
        """Change `scopes`, `revoked`, `secret` or `redirect_uris` of a credential, and return it."""
        return dict(self.control("POST", "credentials", body={"client_id": client_id, **values}))

    def add_credential(self, client_id: str, secret: str, **values: Any) -> dict[str, Any]:
        """Add a customer's own credential, with `name`, `scopes` or `organization` if wanted."""
        return dict(self.control("POST", "credentials/add", body={"client_id": client_id, "secret": secret, **values}))

    def rotate_secret(self, client_id: str, **values: Any) -> str:
        """Give a credential a new secret and return it; the old one works on for `keep_seconds` (a week)."""
        return str(self.control("POST", "credentials/rotate", body={"client_id": client_id, **values})["secret"])

    def add_source(self, name: str) -> dict[str, Any]:
        """Add a source, as somebody inside Greenhouse would."""
        return dict(self.control("POST", "sources", body={"name": name}))

    def set_user(self, email: str, **values: bool) -> dict[str, Any]:
        """Change `site_admin` or `deactivated` of a user."""
        return dict(self.control("POST", "users", body={"email": email, **values}))

    def records(self, collection: str, **wanted: Any) -> list[dict[str, Any]]:
        """Return stored records, newest first, whose fields have the wanted values."""
        rows: Iterable[dict[str, Any]] = self.control("GET", "records", params={"collection": collection})
        return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]

    def add_record(self, collection: str, *, without: Iterable[str] = (), **values: Any) -> dict[str, Any]:
        """Add a raw record with exactly these fields, an id and dates; `without` leaves fields out after all.

        Nothing is checked, so it may be as odd as you like: `_raw=...` shows any JSON in place of the record.
        """
        return self.add_records(collection, [values], without=without)[0]

    def add_records(
        self, collection: str, rows: list[dict[str, Any]], *, without: Iterable[str] = ()
    ) -> list[dict[str, Any]]:
        params = {"collection": collection, "without": ",".join(without)}
        return list(self.control("POST", "records", params=params, body=rows))

    def copy_record(
        self, collection: str, record: Mapping[str, Any], *, without: Iterable[str] = (), **values: Any
    ) -> dict[str, Any]:
        """Add a record like another, with an id and dates of its own and these fields changed."""
        kept = {name: value for name, value in record.items() if name not in ("id", "created_at", "updated_at")}
        return self.add_record(collection, without=without, **{**kept, **values})

    def change_record(
        self, collection: str, record_id: int, *, touch: bool = True, without: Iterable[str] = (), **values: Any
    ) -> dict[str, Any]:
        """Change a record behind everybody's back, as somebody inside Greenhouse would.

        `touch=False` leaves its `updated_at` alone; `without` drops fields.
        """
        return self.change_records(collection, [{"id": record_id, **values}], touch=touch, without=without)[0]

    def change_records(
        self, collection: str, rows: list[dict[str, Any]], *, touch: bool = True, without: Iterable[str] = ()
    ) -> list[dict[str, Any]]:
        """Change many records at once, each found by its `id`."""
        params = {"collection": collection, "touch": str(touch).lower(), "without": ",".join(without)}
        return list(self.control("PATCH", "records", params=params, body=rows))

    def hide_records(self, collection: str, ids: Iterable[int], *, hidden: bool = True) -> None:
        """Keep records out of every list, or show them again, without changing them."""
        self.change_records(collection, [{"id": one, "_hidden": hidden} for one in ids], touch=False)

    def remove_record(self, collection: str, record_id: int) -> None:
        self.remove_records(collection, [record_id])

    def remove_records(self, collection: str, ids: Iterable[int]) -> None:
        body = [{"id": one} for one in ids]
        self.control("DELETE", "records", params={"collection": collection}, body=body)

    def act(self, collection: str, record_id: int, action: str, **fields: Any) -> str:
        """Press a button of the sandbox's pages, bumping dates and firing webhooks as it does, and return what it says.

        The fields are those of the form. There are, on
        `applications`: move, transfer, reject, unreject, hire, unhire, convert, pool, attach, delete;
        `candidates`: edit, private, merge, anonymise, delete, tag, consider, note;
        `job_posts`: publish, unpublish, rename, locate, rewrite, pay, delete, restore;
        `jobs`: close, reopen, add_post; `job_boards`: offline, live; `users`: active, site_admin, sees_private.
        """
        body = {"collection": collection, "id": record_id, "action": action, **fields}
        return str(self.control("POST", "act", body=body)["said"])

    def census(self) -> dict[str, list[dict[str, Any]]]:
        """Count what must be there once: `people` per email, `applications` per candidate_id and job_id,
        `attachments` per application_id and filename, `notes` per candidate_id and body."""
        return dict(self.control("GET", "census"))

    def duplicates(self) -> dict[str, list[dict[str, Any]]]:
        """Return those of the census that are there more than once, in the same four lists."""
        return {name: [row for row in rows if row["count"] > 1] for name, rows in self.census().items()}

    # Webhooks

    def add_webhook(
        self, url: str, secret: str, *events: str, ping: bool = False, **values: Any
    ) -> list[dict[str, Any]]:
        """Make a webhook for each event, as somebody would by hand in the Dev Center; `ping=True` pings them first."""
        body = {"endpoint_url": url, "secret_key": secret, "events": events, "ping": ping, **values}
        return list(self.control("POST", "webhooks", body=body))

    def fire(self, action: str, **about: Any) -> list[dict[str, Any]]:
        """Send an event to all who asked for it: `payload={...}`, or `collection=` and `id=` of a record."""
        return list(self.control("POST", "webhooks/fire", body={"action": action, **about}))

    def webhook_trouble(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        """Order what the next deliveries meet: `kind` drop, hold, delay (`seconds`), repeat (`copies`) or tamper,
        with `action`, `times` and `skip` if wanted."""
        return list(self.control("POST", "webhooks/trouble", body=list(orders)))

    def deliveries(self, **wanted: Any) -> list[dict[str, Any]]:
        """Return the deliveries kept, oldest first, whose fields (`state`, `action` ...) have the wanted values."""
        rows = self.control("GET", "deliveries")
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def settled(self, count: int = 0, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait until at least `count` deliveries are there and none is waiting, and return them."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            rows = self.deliveries()
            if len(rows) >= count and not any(row["state"] == "waiting" for row in rows):
                return rows
            time.sleep(0.02)
        raise AssertionError(f"deliveries still wait: {self.deliveries()}")

    def redeliver(self, delivery_id: int, *, same_id: bool = True, tamper: bool = False) -> dict[str, Any]:
        """Send a delivery once more, under its own event id or a new one."""
        body = {"id": delivery_id, "same_id": same_id, "tamper": tamper}
        return dict(self.control("POST", "deliveries/redeliver", body=body))

    def release(self, order: str | list[int] = "as_they_came") -> list[dict[str, Any]]:
        """Let go the deliveries on hold: `as_they_came`, `reversed`, or in the order of these ids."""
        return list(self.control("POST", "deliveries/release", body={"order": order}))

    # A client's first steps

    def token(self, *, client: tuple[str, str] = (CLIENT_ID, CLIENT_SECRET), email: str | None = None) -> str:
        """Return an access token, acting as the user with this address or as the service user."""
        form = {"grant_type": "client_credentials"}
        if email:
            form["sub"] = str(self.records("user_emails", email=email)[0]["user_id"])
        answer = self._session.post(f"{self.url}/token", data=form, auth=client, timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def consent(
        self,
        address: str,
        *,
        email: str = ADMIN_EMAIL,
        service_account: bool = True,
        organization: str = "Lumen Robotics",
        decision: str = "authorize",
    ) -> str:
        """Answer the partner's `/authorize` address as this user and return where the browser is led to.

        The other organization is called "Other Org"; only the first Site Admin works there too.
        """
        user_id = self.records("user_emails", email=email)[0]["user_id"]
        organization_id = self.control("GET", "organizations")[organization]
        form = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        form |= {"as": f"{organization_id}-{user_id}", "decision": decision}
        if service_account:
            form["service_account"] = "yes"
        answer = self._session.post(f"{self.url}/authorize", data=form, timeout=30, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def partner_token(self, *, email: str = ADMIN_EMAIL) -> str:
        """Return an access token of the partner, let in by this user with a service account."""
        scopes = " ".join(self.set_credential(PARTNER_CLIENT_ID)["scopes"])
        redirect_uri = "http://127.0.0.1:8000/greenhouse/callback/"
        query = {"response_type": "code", "client_id": PARTNER_CLIENT_ID, "scope": scopes, "redirect_uri": redirect_uri}
        location = self.consent(f"{self.url}/authorize?{urlencode(query)}", email=email)
        code = dict(parse_qsl(urlsplit(location).query))["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        auth = (PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET)
        answer = self._session.post(f"{self.url}/token", data=form, auth=auth, timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def disconnect(self, client_id: str = PARTNER_CLIENT_ID, organization: str = "Lumen Robotics") -> None:
        """End all a partner was allowed, as the customer would under Connected Integrations."""
        self.control("POST", "disconnect", body={"client_id": client_id, "organization": organization})

    def api(self, method: str, path: str, *, token: str | None = None, **kwargs: Any) -> Response:
        """Send one API request as the demo credential, or with the given token."""
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        return self._session.request(
            method, self.url + path, headers=headers, timeout=30, allow_redirects=False, **kwargs
        )
