"""A mail server on a port of this machine, as polite or as rude as the test wants."""

import socketserver
import threading
from types import TracebackType


class _Handler(socketserver.StreamRequestHandler):
    server: "SmtpServer"

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].upper()
            if verb == "DATA":
                self._say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                if self.server.falls_silent:
                    return None  # took it all, and says nothing
                self.server.letters.append(letter.decode())
                self._say("250 taken")
            elif verb == "RCPT TO":
                self.server.recipients.append(line.partition(":")[2])
                self._say(self.server.at_recipient)
            elif verb == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 fine")
        return None

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class SmtpServer(socketserver.ThreadingTCPServer):
    """Take letters into `letters`, unless told otherwise. As a context manager it runs in a thread."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.letters: list[str] = []
        self.recipients: list[str] = []
        self.at_recipient = "250 fine"
        self.falls_silent = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> "SmtpServer":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.shutdown()
        self.server_close()
