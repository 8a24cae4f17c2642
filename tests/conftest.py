"""The people of every test: alice (admin), rita (recruiter) and bob (viewer) of one employer; charlie of another."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Employer, Role, User
from tests.factories import EmployerFactory, MembershipFactory, UserFactory
from tests.mail_server import MailServer
from tests.sandbox_process import SandboxProcess


@pytest.fixture(autouse=True)
def _clean_surroundings(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if "db" in request.fixturenames or "client" in request.fixturenames:
        cache.clear()


@pytest.fixture
def employer(db: None) -> Employer:
    return EmployerFactory(name="Lumen Robotics", slug="lumen-robotics")


@pytest.fixture
def other_employer(db: None) -> Employer:
    return EmployerFactory(name="Other", slug="other")


@pytest.fixture
def alice(employer: Employer) -> User:
    return MembershipFactory(employer=employer, role=Role.ADMIN, user=UserFactory(email="alice@example.com")).user


@pytest.fixture
def rita(employer: Employer) -> User:
    return MembershipFactory(employer=employer, role=Role.RECRUITER, user=UserFactory(email="rita@example.com")).user


@pytest.fixture
def bob(employer: Employer) -> User:
    return MembershipFactory(employer=employer, role=Role.VIEWER, user=UserFactory(email="bob@example.com")).user


@pytest.fixture
def charlie(other_employer: Employer) -> User:
    return MembershipFactory(
        employer=other_employer, role=Role.ADMIN, user=UserFactory(email="charlie@example.com")
    ).user


def _client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_alice(alice: User) -> Client:
    return _client_of(alice)


@pytest.fixture
def as_rita(rita: User) -> Client:
    return _client_of(rita)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return _client_of(bob)


@pytest.fixture
def as_charlie(charlie: User) -> Client:
    return _client_of(charlie)


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(data=tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, settings: Any) -> SandboxProcess:
    """A freshly seeded Greenhouse over real HTTP, which the settings point to."""
    sandbox_process.reset()
    settings.GREENHOUSE_HARVEST_URL = settings.GREENHOUSE_AUTH_URL = sandbox_process.url
    settings.GREENHOUSE_APP_URL = sandbox_process.url
    return sandbox_process


@pytest.fixture
def server(settings: Any) -> Iterator[type[MailServer]]:
    settings.EMAIL_BACKEND = "tests.mail_server.MailServer"
    yield MailServer
    MailServer.at_open = MailServer.at_send = None
