"""What goes over the line and what never does; addresses and JSON that are safe to use."""

import json
import logging
import pickle
import socket
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import responses

from integrations.greenhouse import errors, transport
from integrations.greenhouse.transport import Call
from tests.integrations.greenhouse.line import AUTH, OK, Line, closed_port, exchange, failure, read, take_request, write

pytestmark = pytest.mark.usefixtures("short_patience")

# What goes out


def test_exchange_when_a_large_body_meets_a_slow_line_is_not_bound_by_the_connect_timeout(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.4)
    body = json.dumps({"content": "A" * 6_000_000}).encode()
    taken: list[int] = []

    def take_slowly(link: socket.socket) -> None:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        total, pause = 0, threading.Event()
        while total < len(body):
            part = link.recv(400_000)
            if not part:
                break
            total += len(part)
            pause.wait(0.02)
        taken.append(total)
        link.sendall(OK)

    call = Call(
        "POST",
        "/v3/attachments",
        url=f"http://127.0.0.1:{line(take_slowly).port}/v3/attachments",
        body=body,
        read_seconds=10,
        is_write=True,
    )
    assert exchange(call).status == 200
    assert taken[0] >= len(body)


@pytest.mark.parametrize("size", [10, 100_000])
def test_exchange_when_it_has_a_body_names_its_length(line: Callable[..., Line], size: int) -> None:
    got: list[bytes] = []

    def answer(link: socket.socket) -> None:
        got.append(take_request(link))
        link.sendall(OK)

    url = f"http://127.0.0.1:{line(answer).port}/v3/candidates"
    exchange(write(url, b"x" * size))
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert body == b"x" * size
    assert b"chunked" not in head.lower()


@responses.activate
def test_exchange_when_a_home_has_a_netrc_still_sends_our_credential(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine harvest.example login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    responses.get("https://harvest.example/v3/candidates", json=[])
    exchange(read("https://harvest.example/v3/candidates"))
    sent = responses.calls[0].request.headers["Authorization"]
    assert sent == requests.auth._basic_auth_str("id-4", "s3cret-value")


def test_exchange_when_a_proxy_is_set_reaches_this_machine_without_it(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)

    def answer(link: socket.socket) -> None:
        take_request(link)
        link.sendall(OK)

    url = f"http://127.0.0.1:{line(answer).port}/v3/candidates"
    assert exchange(read(url)).status == 200


@responses.activate
def test_exchange_when_a_server_sets_a_cookie_leaves_it_behind() -> None:
    url = "https://harvest.example/v3/candidates"
    responses.get(url, json=[], headers={"Set-Cookie": "who=employer-1; Path=/"})
    session = requests.Session()
    transport.exchange(session, read(url), AUTH)
    assert not session.cookies


def test_session_when_several_threads_ask_keeps_enough_lines_open() -> None:
    adapter = transport.build_session().get_adapter("https://harvest.example")
    assert adapter._pool_maxsize >= 8  # type: ignore[attr-defined]
    assert adapter.max_retries.total == 0  # type: ignore[attr-defined]


# What stays inside


def test_failure_when_reported_holds_no_query_header_or_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="integrations")
    error = failure(read(f"http://127.0.0.1:{closed_port()}/v3/candidates"))
    told = "".join(traceback.format_exception(error)) + caplog.text + repr(error)
    assert "not_sent" in caplog.text
    for secret in ("maya", "s3cret", "Basic", "Max retries"):
        assert secret not in told
    assert error.__context__ is None


@responses.activate
def test_exchange_when_logged_holds_no_query_header_or_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="integrations")
    url = "https://harvest.example/v3/candidates"
    responses.get(url, json=[{"first_name": "Ada"}], headers={"X-Request-Id": "req-1"})
    reply = exchange(read(url))
    assert "GET /v3/candidates: 200 in" in caplog.text
    assert "req-1" in caplog.text
    for secret in ("maya", "s3cret", "Ada"):
        assert secret not in caplog.text + repr(reply)


@pytest.mark.parametrize(
    "error",
    [
        errors.Unavailable("timeout", path="/v3/jobs"),
        errors.NotFound("not_found", path="/v3/notes", status=404, request_id="r", fields=("job_id",)),
        errors.RateLimited("rate_limited", path="/v3/jobs", status=429, retry_after_seconds=3.5),
        errors.UnexpectedReply("wrong_shape", path="/v3/jobs", status=200, field="jobs[1].name"),
    ],
)
def test_error_when_handed_from_process_to_process_is_the_same(error: errors.GreenhouseError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), vars(copy), str(copy), copy.args) == (type(error), vars(error), str(error), error.args)


def test_error_when_printed_says_what_where_and_under_which_id() -> None:
    error = errors.Rejected("unprocessable", path="/v3/jobs", status=422, request_id="r1", fields=("a", "b"))
    assert str(error) == "unprocessable (path /v3/jobs, status 422, request id r1): a, b"


# Base addresses


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://harvest.greenhouse.io", "https://harvest.greenhouse.io"),
        ("https://harvest.greenhouse.io/", "https://harvest.greenhouse.io"),
        ("https://gateway.example/greenhouse/", "https://gateway.example/greenhouse"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8001", "http://[::1]:8001"),
    ],
)
def test_base_url_when_safe_is_taken_without_its_slash(given: str, base: str) -> None:
    assert transport.checked_base_url(given) == base


@pytest.mark.parametrize(
    "given",
    [
        "http://harvest.greenhouse.io",
        "http://localhost.evil.example",
        "http://128.0.0.1",
        "http://0.0.0.0:8001",
        "ftp://localhost",
        "harvest.greenhouse.io",
        "https://",
        "",
        "https://user:word@harvest.greenhouse.io",
        "https://harvest.greenhouse.io?x=1",
        "https://harvest.greenhouse.io#x",
    ],
)
def test_base_url_when_unsafe_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="base address|plain http"):
        transport.checked_base_url(given)


# JSON that databases can hold


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": "x\\u0000y"}', {"a": "xy"}),
        (b'["\\ud800", "\\UD83D"]'.replace(b"\\U", b"\\u"), ["?", "?"]),
        (b'["\\uDFFF"]', ["?"]),
        (b'["\\ud83d\\ude00"]', ["\U0001f600"]),
        (b'{"k\\u0000": [1, null, "\\uDFFF"]}', {"k": [1, None, "?"]}),
        (b"\xef\xbb\xbf[]", []),
    ],
)
def test_json_when_it_has_what_databases_refuse_is_cleaned(content: bytes, value: object) -> None:
    assert transport.decode_json(content) == value


@pytest.mark.parametrize(
    "content",
    [b"", b"<!doctype html>", b'[{"id": 1}', b"[NaN]", b"[Infinity]", b"\xff\xfe", b"[" * 200_000, b"9" * 5000],
)
def test_json_when_it_is_none_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json, unicode and recursion have nothing else in common
        transport.decode_json(content)
