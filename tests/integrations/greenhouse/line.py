"""A line to a server that treats its callers as badly as a test wants, over a real socket."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
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


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
