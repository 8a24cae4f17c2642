"""Connecting with what was pasted by mistake: we say what it looks like, and Greenhouse has the last word."""

import pytest

from accounts.models import Employer, User
from integrations import connecting
from integrations.models import CredentialKind
from tests.integrations.pasted import OAUTH, refusal
from tests.sandbox_process import CLIENT_ID, CLIENT_SECRET, SandboxProcess

OLD_KEY = "0123456789abcdef0123456789abcdef-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": CLIENT_ID}, "client_id_as_secret"),
        ({"client_id": CLIENT_SECRET, "secret": CLIENT_ID}, "swapped"),
        ({"secret": "https://boards.greenhouse.io/lumenrobotics"}, "board_token"),
        ({"client_id": "boards.greenhouse.io/lumenrobotics"}, "board_token"),
    ],
)
def test_connect_with_what_is_certainly_no_secret_names_it_without_asking_greenhouse(
    sandbox: SandboxProcess, employer: Employer, alice: User, change: dict[str, str], code: str
) -> None:
    assert refusal(employer, alice, **{**OAUTH, **change}) == code
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "lumenrobotics"}, "board_token"),
        ({"kind": CredentialKind.API_KEY, "client_id": "", "secret": "lumenrobotics"}, "board_token"),
        ({"secret": OLD_KEY}, "old_key_as_secret"),
        ({"client_id": OLD_KEY[:-2], "secret": "some-secret-0123456789abcdef"}, "old_key_as_secret"),
        ({"secret": "other-client-7"}, "client_id_as_secret"),
        ({"secret": "some-secret-0123456789abcdef"}, "key_refused"),
    ],
)
def test_connect_with_a_refused_secret_says_what_it_looks_like(
    sandbox: SandboxProcess, employer: Employer, alice: User, change: dict[str, str], code: str
) -> None:
    assert refusal(employer, alice, **{**OAUTH, **change}) == code
    assert sandbox.requests("POST"), "a short word may be a key somewhere: Greenhouse has the last word"


def test_connect_with_a_secret_that_only_looks_odd_works(
    sandbox: SandboxProcess, employer: Employer, alice: User
) -> None:
    sandbox.set_credential(CLIENT_ID, secret=OLD_KEY)
    assert connecting.connect(employer=employer, by=alice, **{**OAUTH, "secret": OLD_KEY}).is_active


def test_connect_when_signing_in_is_too_slow_says_so_and_does_not_ask_again(
    sandbox: SandboxProcess, employer: Employer, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.greenhouse.transport.READ_SECONDS", 0.2)
    sandbox.faults({"kind": "slow", "seconds": 3, "method": "POST", "path": "/token", "times": 5})
    assert refusal(employer, alice, **OAUTH) == "auth_slow"
    assert sandbox.faults()[0]["times"] == 4
