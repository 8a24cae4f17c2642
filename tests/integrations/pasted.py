"""What an admin pastes to connect to the sandbox, and what comes of it: what the tests of connecting have in common."""

from typing import Any

import pytest

from accounts.models import Employer, User
from integrations import connecting
from integrations.checkup import CheckFailed
from integrations.models import Connection, CredentialKind
from tests.sandbox_process import ADMIN_EMAIL, API_KEY, CLIENT_ID, CLIENT_SECRET

OAUTH = {"kind": CredentialKind.OAUTH, "client_id": CLIENT_ID, "secret": CLIENT_SECRET, "email": ADMIN_EMAIL}
KEY = {"kind": CredentialKind.API_KEY, "client_id": "", "secret": API_KEY, "email": ADMIN_EMAIL}
PAGE = "/employers/lumen-robotics/settings/integrations/"
FORM = {"credential_kind": "oauth", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "email": ADMIN_EMAIL}


def refusal(employer: Employer, by: User, **how: Any) -> str:
    with pytest.raises(CheckFailed) as caught:
        connecting.connect(employer=employer, by=by, **how)
    assert not Connection.objects.exists(), "nothing half-saved"
    return caught.value.problem.code


def columns() -> dict[str, Any]:
    return dict(Connection.objects.values().get())
