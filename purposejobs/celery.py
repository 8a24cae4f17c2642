"""The Celery app. Tasks are an alarm clock: what is owed stands in rows (ADR 0001)."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

from purposejobs.health import note_pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purposejobs.settings")
app = Celery("purposejobs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_kwargs: Any) -> None:
    """Keep one log format and one set of filters in web, worker and beat."""
    logging.config.dictConfig(settings.LOGGING)


@app.task(name="purposejobs.pulse", ignore_result=True)
def pulse() -> None:
    """Show that beat and a worker are at work; `/readyz` tells it."""
    note_pulse()
