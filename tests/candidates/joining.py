"""What the tests of joining share: asking for a link, following it, and a filled-in form."""

import re
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse

from candidates.joining import links
from candidates.models import SignIn

EMAIL = "ada@example.org"
TYPED = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "search_state": "open",
    "remote": "open",
    "skills": "Python, Rust",
    "is_listed": "on",
    "can_be_sent": "on",
}


def link_to(email: str = EMAIL, **fields: Any) -> str:
    """Send somebody a link, by the letter itself."""
    sign_in = SignIn.objects.create(email=email, **fields)
    links.write(sign_in.pk)
    found = re.search(r"http\S+(/join/link/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def key_of(link: str) -> str:
    return link.partition("key=")[2]


def log_in(client: Client, email: str = EMAIL) -> None:
    """Let somebody in by a link, as a browser does it."""
    client.post(reverse("sign_in"), {"key": key_of(link_to(email))})
