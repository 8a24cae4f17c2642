"""A mail server that does as the test says."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mail_server import MailServer


@pytest.fixture
def server(settings: Any) -> Iterator[type[MailServer]]:
    settings.EMAIL_BACKEND = "tests.mail_server.MailServer"
    yield MailServer
    MailServer.at_open = MailServer.at_send = None
