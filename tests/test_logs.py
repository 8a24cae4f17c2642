"""What the log must never hold, whoever writes it."""

import io
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from purposejobs.logs import logging_config

KEY = "b1946ac92492d2347c6235b4d2611184"
PATH = f"/greenhouse/hooks/{KEY}/"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as production writes it."""
    written = io.StringIO()
    config = logging_config(debug=False, level="INFO")
    config["handlers"]["console"]["stream"] = written
    root = logging.getLogger()
    handlers = root.handlers[:]
    logging.config.dictConfig(config)
    yield written
    logging.config.dictConfig(settings.LOGGING)
    root.handlers[:] = handlers


@pytest.mark.django_db
def test_log_when_a_delivery_is_refused_then_the_key_of_its_address_is_not_in_it(
    client: Client, log: io.StringIO
) -> None:
    assert client.post(PATH, b"{}", content_type="application/json").status_code == 404
    assert client.get(PATH).status_code == 405
    for words in ("Not Found: /greenhouse/hooks/", "Method Not Allowed (GET): /greenhouse/hooks/"):
        assert words in log.getvalue()
    assert KEY not in log.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        f"/unsubscribe/{KEY}/",
        f"/c/{KEY}/",
        f"/accounts/password/reset/key/{KEY}-{KEY}/",
        f"/accounts/confirm-email/{KEY}/",
    ],
)
def test_log_when_an_address_holds_a_key_of_somebody_then_it_is_cut(
    client: Client, log: io.StringIO, path: str
) -> None:
    client.get(path)
    logging.getLogger("django.request").warning("Not Found: %s", path)
    assert f"GET {path.partition(KEY)[0]}" in log.getvalue()
    assert KEY not in log.getvalue()


@pytest.mark.parametrize("name", ["django.request", "django.security.csrf", "django.security.DisallowedHost"])
def test_log_when_django_writes_an_address_then_only_the_key_is_cut(log: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    logger.warning("Forbidden (%s): %s", "no reason", PATH)
    logger.warning(f"Refused {PATH} at once")
    logger.warning("Not Found: %s", "/jobs/7/")
    assert KEY not in log.getvalue()
    for words in ("Forbidden (no reason): /greenhouse/hooks/", "at once", "Not Found: /jobs/7/"):
        assert words in log.getvalue()
