"""Failures of the line itself, against a real socket: what proves that nothing was sent, and what does not."""

import datetime
import json
import logging
import os
import pickle
import socket
import ssl
import struct
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests.auth import HTTPBasicAuth

from integrations.greenhouse import errors, transport
from integrations.greenhouse.transport import Call, Reply

AUTH = HTTPBasicAuth("id-4", "s3cret-value")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"

Talk = Callable[[socket.socket], None]


class Line:
    """A listening socket that treats each connection with one function, off the main thread."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk, self._context = talk, context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            try:
                with connection:
                    if self._context is None:
                        self._talk(connection)
                    else:
                        with self._context.wrap_socket(connection, server_side=True) as secure:
                            self._talk(secure)
            except OSError:
                pass

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def line() -> Iterator[Callable[..., Line]]:
    opened: list[Line] = []

    def start(talk: Talk, context: ssl.SSLContext | None = None) -> Line:
        opened.append(Line(talk, context))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 2.0)
    monkeypatch.setattr(transport, "READ_SECONDS", 0.3)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def read(url: str) -> Call:
    return Call("GET", "/v3/candidates", url=url, params={"email": "maya@example.com"})


def write(url: str, body: bytes = b'{"first_name": "Maya"}') -> Call:
    return Call("POST", "/v3/candidates", url=url, body=body, is_write=True)


def exchange(call: Call) -> Reply:
    with transport.build_session() as session:
        return transport.exchange(session, call, AUTH)


def failure(call: Call, session: requests.Session | None = None) -> errors.GreenhouseError:
    with pytest.raises(errors.GreenhouseError) as caught, session or transport.build_session() as used:
        transport.exchange(used, call, AUTH)
    return caught.value


def take_request(connection: socket.socket) -> bytes:
    """Read one whole request, so that the peer certainly sent it."""
    with connection.makefile("rb") as stream:
        lines = list(iter(stream.readline, b"\r\n"))
        length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        return b"".join(lines) + b"\r\n" + stream.read(length)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


# What certainly was not sent


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@pytest.mark.parametrize("make", [read, write])
def test_exchange_when_nobody_listens_was_never_sent(make: Callable[[str], Call]) -> None:
    error = failure(make(f"http://127.0.0.1:{closed_port()}/v3/candidates"))
    assert type(error) is errors.Unavailable
    assert (error.code, error.status, error.path) == ("not_sent", None, "/v3/candidates")


def test_exchange_when_the_name_does_not_resolve_was_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert type(failure(write("https://harvest.invalid/v3/candidates"))) is errors.Unavailable


def test_exchange_when_connecting_takes_too_long_was_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", hang)
    error = failure(write("http://127.0.0.1:9/v3/candidates"))
    assert (type(error), error.code) == (errors.Unavailable, "not_sent")


def test_exchange_when_the_proxy_is_down_was_never_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    assert type(failure(write("https://harvest.invalid/v3/candidates"))) is errors.Unavailable


def test_exchange_when_the_proxy_refuses_the_tunnel_was_never_sent(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(link: socket.socket) -> None:
        take_request(link)
        link.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{line(refuse).port}")
    error = failure(write("https://harvest.invalid/v3/candidates"))
    assert (type(error), error.code) == (errors.Unavailable, "not_sent")


def test_exchange_when_the_certificate_is_unknown_was_never_sent(line: Callable[..., Line], certificate: Path) -> None:
    got: list[bytes] = []
    port = line(lambda link: got.append(take_request(link)), server_context(certificate)).port
    error = failure(write(f"https://localhost:{port}/v3/candidates"))
    assert (type(error), error.code, got) == (errors.Unavailable, "not_sent", [])


def test_exchange_when_the_port_does_not_speak_tls_was_never_sent(line: Callable[..., Line]) -> None:
    def plain(link: socket.socket) -> None:
        link.recv(65536)
        link.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    error = failure(write(f"https://localhost:{line(plain).port}/v3/candidates"))
    assert (type(error), error.code) == (errors.Unavailable, "not_sent")


def test_exchange_when_the_line_is_cut_in_the_handshake_was_never_sent(line: Callable[..., Line]) -> None:
    def refuse(link: socket.socket) -> None:
        link.recv(65536)
        reset(link)

    error = failure(write(f"https://localhost:{line(refuse).port}/v3/candidates"))
    assert (type(error), error.code) == (errors.Unavailable, "not_sent")


def test_exchange_when_the_handshake_never_ends_was_never_sent(
    line: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.3)
    done = threading.Event()
    error = failure(write(f"https://localhost:{line(lambda link: done.wait(10)).port}/v3/candidates"))
    done.set()
    assert (type(error), error.code) == (errors.Unavailable, "not_sent")


def test_exchange_when_tls_turns_to_plain_text_after_the_request_is_unknown_for_a_write(
    line: Callable[..., Line], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    def fall_out_of_tls(link: socket.socket) -> None:
        take_request(link)
        with socket.socket(fileno=os.dup(link.fileno())) as plain:
            plain.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")

    error = failure(write(f"https://localhost:{line(fall_out_of_tls, server_context(certificate)).port}/v3/x"))
    assert type(error) is errors.OutcomeUnknown


def test_exchange_when_a_header_cannot_be_sent_was_never_sent() -> None:
    def spoil(request: requests.PreparedRequest) -> requests.PreparedRequest:
        raise requests.exceptions.InvalidHeader("no", request=request)

    session = transport.build_session()
    with pytest.raises(errors.Unavailable, match="not_sent"):
        transport.exchange(session, write("https://harvest.invalid/v3/candidates"), spoil)  # type: ignore[arg-type]


# What may have been done


def hang_up(link: socket.socket) -> None:
    take_request(link)


def reset_after_request(link: socket.socket) -> None:
    take_request(link)
    reset(link)


def answer_half(link: socket.socket) -> None:
    take_request(link)
    link.sendall(b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": 7')


def answer_half_a_chunk(link: socket.socket) -> None:
    take_request(link)
    link.sendall(b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"id": 7')


def answer_nonsense(link: socket.socket) -> None:
    take_request(link)
    link.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


@pytest.mark.parametrize("talk", [hang_up, reset_after_request, answer_half, answer_half_a_chunk, answer_nonsense])
def test_exchange_when_the_line_is_cut_is_unknown_for_a_write_and_harmless_for_a_read(
    line: Callable[..., Line], talk: Talk
) -> None:
    url = f"http://127.0.0.1:{line(talk).port}/v3/candidates"
    written, asked = failure(write(url)), failure(read(url))
    assert (type(written), written.code) == (errors.OutcomeUnknown, "cut")
    assert (type(asked), asked.code) == (errors.Unavailable, "cut")


@pytest.mark.parametrize("begin", [b"", b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id": 7'])
def test_exchange_when_no_answer_comes_in_time_is_unknown_for_a_write_and_harmless_for_a_read(
    line: Callable[..., Line], begin: bytes
) -> None:
    done = threading.Event()

    def stall(link: socket.socket) -> None:
        take_request(link)
        link.sendall(begin)
        done.wait(10)

    urls = [f"http://127.0.0.1:{line(stall).port}/v3/candidates" for _ in range(2)]
    written, asked = failure(write(urls[0])), failure(read(urls[1]))
    done.set()
    assert (type(written), written.code) == (errors.OutcomeUnknown, "timeout")
    assert (type(asked), asked.code) == (errors.Unavailable, "timeout")


def test_exchange_when_tls_breaks_after_the_request_is_unknown_for_a_write(
    line: Callable[..., Line], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    got: list[bytes] = []

    def cut_without_goodbye(link: socket.socket) -> None:
        got.append(take_request(link))
        socket.socket.shutdown(link, socket.SHUT_RDWR)

    port = line(cut_without_goodbye, server_context(certificate)).port
    error = failure(write(f"https://localhost:{port}/v3/candidates"))
    assert type(error) is errors.OutcomeUnknown
    assert got


def test_exchange_when_a_kept_line_went_stale_is_unknown_for_a_write(line: Callable[..., Line]) -> None:
    def answer_once_then_hang_up(link: socket.socket) -> None:
        take_request(link)
        link.sendall(OK)
        take_request(link)

    url = f"http://127.0.0.1:{line(answer_once_then_hang_up).port}/v3/candidates"
    session = transport.build_session()
    assert transport.exchange(session, read(url), AUTH).status == 200
    assert type(failure(write(url), session)) is errors.OutcomeUnknown


@pytest.mark.parametrize("kind", [requests.exceptions.ContentDecodingError, OSError, requests.RequestException])
def test_exchange_when_the_failure_is_of_a_new_kind_is_never_taken_for_not_sent(kind: type[Exception]) -> None:
    with responses.RequestsMock() as mock:
        mock.post("https://harvest.example/v3/candidates", body=kind("x"))
        assert type(failure(write("https://harvest.example/v3/candidates"))) is errors.OutcomeUnknown


def test_exchange_when_a_read_cannot_be_unpacked_is_an_unexpected_reply(line: Callable[..., Line]) -> None:
    def answer_false_gzip(link: socket.socket) -> None:
        take_request(link)
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")

    error = failure(read(f"http://127.0.0.1:{line(answer_false_gzip).port}/v3/candidates"))
    assert (type(error), error.code) == (errors.UnexpectedReply, "not_json")


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
