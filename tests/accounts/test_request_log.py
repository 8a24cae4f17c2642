"""What the log says about a request."""

import logging

import pytest
from django.test import Client


@pytest.mark.django_db
def test_request_log_names_the_path_and_never_the_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.get("/accounts/login/", {"code": "one-time-code", "q": "Jane Doe"})
    told = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "GET /accounts/login/" in told
    assert "one-time-code" not in told
    assert "Jane" not in told
