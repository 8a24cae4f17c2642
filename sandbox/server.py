"""Real HTTP/1.1 with keep-alive, a thread per connection, and a hand on the socket for faults."""

import os
import secrets
import socket
import struct
import sys
import time
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote

from sandbox.app import Delivery, Sandbox
from sandbox.exchange import Request, Response, json_response

_LARGEST_BODY_BYTES = 64 * 1024 * 1024
_IDLE_SECONDS = 65


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS
    sandbox: ClassVar[Sandbox]

    def _handle(self) -> None:
        request = self._read_request()
        if request is None:
            return
        try:
            delivery = self.sandbox.deliver(request)
        except Exception:  # noqa: BLE001 - the process must outlive any one request
            traceback.print_exc(file=sys.stderr)
            delivery = Delivery(json_response({"message": "Internal Server Error"}, 500))
        if delivery.cut:
            self._reset()
            return
        self._send(delivery.response, half=delivery.truncate)

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = _handle

    def _read_request(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self.close_connection = True
            self._send(json_response({"message": "Length Required"}, 411))
            return None
        if int(length) > _LARGEST_BODY_BYTES:
            self.close_connection = True
            self._send(json_response({"message": "Payload Too Large"}, 413))
            return None
        path, _, query = self.path.partition("?")
        host = self.headers.get("Host") or "127.0.0.1"
        return Request(
            method=self.command,
            path=unquote(path),
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
            base_url=f"http://{host}",
        )

    def _send(self, response: Response, *, half: bool = False) -> None:
        """Send head and body in one write: two would wait for each other on a kept-alive line."""
        headers = {
            "Date": self.date_time_string(time.time() + self.sandbox.world.switches.clock_ahead_seconds),
            "X-Request-Id": secrets.token_hex(8),
            **response.headers,
        }
        if response.status != 204:
            headers |= {"Content-Type": response.content_type, "Content-Length": str(len(response.body))}
        if half or self.close_connection:
            self.close_connection = True
            headers["Connection"] = "close"
        head = [f"HTTP/1.1 {response.status} {_phrase(response.status)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        body = b"" if self.command == "HEAD" else response.body
        data = "\r\n".join([*head, "", ""]).encode("latin-1", "replace")
        self.wfile.write(data + (body[: len(body) // 2] if half else body))

    def _reset(self) -> None:
        """Cut the line with a TCP reset, so the caller learns nothing about what was done."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def log_message(self, *_: object) -> None:
        """Say nothing: the request log of the sandbox is the place to look."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet about callers that hang up, which tests do all the time."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc(file=sys.stderr)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def make_server(sandbox: Sandbox, host: str, port: int) -> Server:
    """Bind the address; port 0 takes a free one.

    Raises: OSError when the port is taken.
    """
    handler = type("BoundHandler", (Handler,), {"sandbox": sandbox})
    return Server((host, port), handler)
