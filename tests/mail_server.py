"""The mail server of the tests: where Django's own outbox always takes everything, this one can fail."""

from typing import Any

from django.core.mail.backends.locmem import EmailBackend


class MailServer(EmailBackend):
    """Takes everything, or fails as it is told."""

    at_open: Exception | None = None
    at_send: Exception | None = None

    def open(self) -> bool:
        if self.at_open:
            raise self.at_open
        return True

    def send_messages(self, messages: Any) -> int:
        if self.at_send:
            raise self.at_send
        return super().send_messages(messages)
