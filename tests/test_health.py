"""What probes are told."""

from typing import Any

import pytest
import time_machine
from celery.app.task import Task
from django.conf import settings as configured
from django.test import Client

from purposejobs import celery_app

pytestmark = pytest.mark.django_db


def ready(client: Client) -> tuple[int, Any]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_readyz_when_worker_and_beat_are_at_work_then_says_so_until_two_minutes_of_silence(client: Client) -> None:
    well = {"database": True, "broker": True}
    with time_machine.travel("2026-11-24T04:00:00Z", tick=False) as clock:
        assert ready(client) == (200, {**well, "background": False})
        pulse: Task[[], None] = celery_app.tasks[configured.CELERY_BEAT_SCHEDULE["show-a-pulse"]["task"]]
        pulse()
        clock.shift(119)
        assert ready(client) == (200, {**well, "background": True})
        clock.shift(2)
        assert ready(client) == (200, {**well, "background": False})


def test_readyz_when_the_broker_is_down_then_it_is_503_and_the_process_is_up(client: Client, settings: Any) -> None:
    closed = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": closed}
    assert ready(client) == (503, {"database": True, "broker": False, "background": False})
    assert client.get("/healthz").status_code == 200
