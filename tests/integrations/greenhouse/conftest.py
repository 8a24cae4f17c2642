"""The door to Greenhouse with a fake transport behind it, and lines that fail."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.greenhouse import transport
from integrations.greenhouse.client import GreenhouseClient
from tests.integrations.greenhouse.door import BASE, NOW, Tokens
from tests.integrations.greenhouse.line import Line, Talk


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def harvest() -> GreenhouseClient:
    return GreenhouseClient(harvest_url=BASE, tokens=Tokens(), now=lambda: NOW)


@pytest.fixture
def line() -> Iterator[Callable[..., Line]]:
    opened: list[Line] = []

    def start(talk: Talk, context: ssl.SSLContext | None = None) -> Line:
        opened.append(Line(talk, context))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 2.0)
    monkeypatch.setattr(transport, "READ_SECONDS", 0.3)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path
