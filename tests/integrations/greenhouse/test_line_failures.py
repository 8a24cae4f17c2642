"""Failures of the line itself, against a real socket: what proves that nothing was sent, and what does not."""

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import responses

from integrations.greenhouse import errors, transport
from integrations.greenhouse.transport import Call
from tests.integrations.greenhouse.line import (
    AUTH,
    OK,
    Line,
    Talk,
    closed_port,
    failure,
    read,
    reset,
    server_context,
    take_request,
    write,
)

pytestmark = pytest.mark.usefixtures("short_patience")

# What certainly was not sent


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
