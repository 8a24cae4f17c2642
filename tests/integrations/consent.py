"""Connect with Greenhouse, pressed and decided as a browser does it: what the tests of the partner have in common."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from tests.integrations.pasted import PAGE
from tests.sandbox_process import SandboxProcess

START = PAGE + "greenhouse/"
CALLBACK = "/greenhouse/callback/"
BUTTON = f'action="{START}"'


def press_button(client: Client) -> str:
    """Press the button and return the address of the consent."""
    answer = client.post(START)
    assert answer.status_code == 200
    return answer.headers["Refresh"].partition("url=")[2]


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def come_back(client: Client, location: str) -> str:
    """Follow Greenhouse's redirect and return the page one ends up on."""
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}", follow=True).text


def consent(client: Client, sandbox: SandboxProcess, **choices: Any) -> str:
    return come_back(client, sandbox.consent(press_button(client), **choices))
