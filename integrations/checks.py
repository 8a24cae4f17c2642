"""Refuse settings that would send secrets where they must not go, or could not encrypt them."""

from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@register(Tags.security)
def greenhouse_addresses_are_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Plain HTTP only to this machine: everything else would carry tokens in the clear."""
    problems: list[CheckMessage] = []
    for name in ("GREENHOUSE_HARVEST_URL", "GREENHOUSE_AUTH_URL"):
        url = urlsplit(getattr(settings, name))
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
            problems.append(Error(f"{name} must start with https://.", id="integrations.E001"))
    return problems


@register(Tags.security)
def encryption_keys_are_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        for key in settings.FIELD_ENCRYPTION_KEYS:
            Fernet(key)
    except ValueError:
        return [
            Error(
                "FIELD_ENCRYPTION_KEYS holds something that is no Fernet key.",
                hint='python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"',
                id="integrations.E002",
            )
        ]
    return []
