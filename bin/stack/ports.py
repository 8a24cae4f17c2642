"""Ports: taken early, so that a taken one is a sentence and not a broken start."""

import errno
import http.client
import socket

from stack.console import Problem


def listen(host: str, port: int, variable: str) -> socket.socket:
    """Open the listening socket here and hand it down: it stays open while the web process restarts.

    Raises: Problem, naming the variable that moves it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise Problem(_refusal(error, host, port, variable)) from None


def check_free(host: str, port: int, variable: str) -> None:
    """Raises: Problem when somebody listens there."""
    listen(host, port, variable).close()


def unused_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def answers_http(host: str, port: int, path: str) -> bool:
    """Ask once. Any answer but a server error counts: ALLOWED_HOSTS may refuse our name for the host."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _refusal(error: OSError, host: str, port: int, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is already in use; stop what listens there, "
            f"or choose another one with {variable}={port + 10}."
        )
    if error.errno == errno.EACCES:
        return f"port {port} is reserved for the administrator; choose one above 1023 with {variable}=8000."
    return f"cannot listen on {host}:{port} ({error.strerror}); check HOST and {variable}."
