"""An operator of the installation, before rows of every kind."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Employer, User
from integrations import tasks
from integrations.models import Connection
from tests.factories import UserFactory
from tests.integrations.admin.planting import Queue, plant, signed_in


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(email="operator@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def as_operator(operator: User) -> Client:
    return signed_in(operator)


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    """What was handed to the broker, in order."""
    sent: Queue = []
    for task in (tasks.run_sync, tasks.run_export):
        name = task.name.rpartition(".")[2]

        def send(args: Any = None, kwargs: Any = None, *, name: str = name, **options: Any) -> None:
            sent.append((name, args[0]))

        monkeypatch.setattr(task, "apply_async", send)
    return sent


@pytest.fixture
def planted(employer: Employer) -> Connection:
    return plant(employer)
