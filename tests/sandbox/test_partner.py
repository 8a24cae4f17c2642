"""Connect with Greenhouse: consent, code, rotating refresh tokens, disconnecting, scopes that come and go."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from tests.sandbox_process import (
    ADMIN_EMAIL,
    CLIENT_ID,
    CLIENT_SECRET,
    FORMER_EMAIL,
    PARTNER_CLIENT_ID,
    PARTNER_CLIENT_SECRET,
    RECRUITER_EMAIL,
    SandboxProcess,
)

PARTNER = (PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET)
CALLBACK = "http://localhost:8000/greenhouse/callback/"
SCOPES = "harvest:jobs:list harvest:sources:list"
CLAIMS = "https://auth.greenhouse.io/claims"


def address(sandbox: SandboxProcess, **changed: str) -> str:
    query = {
        "response_type": "code",
        "client_id": PARTNER_CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": SCOPES,
        "state": "a state & more",
    }
    return f"{sandbox.url}/authorize?{urlencode(query | changed)}"


def answered(location: str) -> dict[str, str]:
    assert location.startswith(CALLBACK + "?")
    return dict(parse_qsl(urlsplit(location).query))


def ask(sandbox: SandboxProcess, *, auth: Any = PARTNER, place: str = "data", **form: str) -> requests.Response:
    return requests.post(f"{sandbox.url}/token", auth=auth, timeout=10, **{place: form})  # type: ignore[arg-type]


def exchange(sandbox: SandboxProcess, code: str, **kwargs: Any) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | kwargs
    return ask(sandbox, **form)


def refresh(sandbox: SandboxProcess, token: str) -> requests.Response:
    return ask(sandbox, grant_type="refresh_token", refresh_token=token)


def connect(sandbox: SandboxProcess, **kwargs: Any) -> dict[str, Any]:
    """Walk through the whole flow and return the tokens."""
    scope = kwargs.pop("scope", SCOPES)
    code = answered(sandbox.consent(address(sandbox, scope=scope), **kwargs))["code"]
    answer = exchange(sandbox, code)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def introspect(sandbox: SandboxProcess, token: str) -> dict[str, Any]:
    return dict(requests.post(f"{sandbox.url}/introspect", auth=PARTNER, data={"token": token}, timeout=10).json())


def status(sandbox: SandboxProcess, tokens: dict[str, Any], path: str = "/v3/jobs") -> int:
    return sandbox.api("GET", path, token=tokens["access_token"]).status_code


# Consent


def test_authorize_when_opened_then_asks_who_then_what(sandbox: SandboxProcess) -> None:
    first = requests.get(address(sandbox), timeout=10)
    assert first.status_code == 200
    assert "Maya Okafor, Site Admin" in first.text
    assert "Elena Petrova" not in first.text, "a deactivated user cannot log in"
    admin = sandbox.records("users", primary_email=ADMIN_EMAIL)[0]["id"]
    home = sandbox.control("GET", "organizations")["Lumen Robotics"]
    second = requests.get(address(sandbox, **{"as": f"{home}-{admin}"}), timeout=10)
    for words in ("Authorize Purpose Jobs?", "Jobs", "Sources", "Lumen Robotics", 'name="service_account"', "Deny"):
        assert words in second.text
    assert "form-action 'self' http://localhost:8000;" in second.headers["Content-Security-Policy"]


def test_authorize_when_user_is_no_site_admin_then_no_service_account(sandbox: SandboxProcess) -> None:
    user = sandbox.records("users", primary_email=RECRUITER_EMAIL)[0]["id"]
    home = sandbox.control("GET", "organizations")["Lumen Robotics"]
    form = {"as": f"{home}-{user}"}
    assert 'name="service_account"' not in requests.get(address(sandbox, **form), timeout=10).text
    data = dict(parse_qsl(urlsplit(address(sandbox)).query)) | form
    data |= {"decision": "authorize", "service_account": "yes"}
    answer = requests.post(f"{sandbox.url}/authorize", data=data, timeout=10, allow_redirects=False)
    assert answer.status_code == 403
    assert "Only a Site Admin" in answer.text


def test_authorize_when_granted_then_code_and_state_come_back(sandbox: SandboxProcess) -> None:
    told = answered(sandbox.consent(address(sandbox)))
    assert set(told) == {"code", "state"}
    assert told["state"] == "a state & more"


def test_authorize_when_denied_then_access_denied_with_state(sandbox: SandboxProcess) -> None:
    told = answered(sandbox.consent(address(sandbox), decision="deny"))
    assert told == {"error": "access_denied", "state": "a state & more"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "harvest:jobs:list harvest:everything:list"}, "invalid_scope"),
    ],
)
def test_authorize_when_request_is_wrong_then_led_back_with_the_error(
    sandbox: SandboxProcess, changed: dict[str, str], error: str
) -> None:
    answer = requests.get(address(sandbox, **changed), timeout=10, allow_redirects=False)
    assert answer.status_code == 302
    assert answered(answer.headers["Location"]) == {"error": error, "state": "a state & more"}


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody-9"},
        {"client_id": CLIENT_ID},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example/greenhouse/callback/"},
        {"redirect_uri": CALLBACK.rstrip("/")},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": "http://localhost:8000@evil.example/greenhouse/callback/"},
    ],
)
def test_authorize_when_address_is_not_the_partners_then_nobody_is_led_there(
    sandbox: SandboxProcess, changed: dict[str, str]
) -> None:
    answer = requests.get(address(sandbox, **changed), timeout=10, allow_redirects=False)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "cannot be answered" in answer.text


def test_authorize_when_redirect_is_registered_then_led_there(sandbox: SandboxProcess) -> None:
    ours = "https://jobs.example/greenhouse/callback/"
    sandbox.set_credential(PARTNER_CLIENT_ID, redirect_uris=[ours])
    assert sandbox.consent(address(sandbox, redirect_uri=ours)).startswith(ours + "?code=")


def test_authorize_when_another_site_sends_the_form_then_refused(sandbox: SandboxProcess) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = requests.post(f"{sandbox.url}/authorize", headers=headers, timeout=10, allow_redirects=False)
    assert answer.status_code == 403


# Codes


@pytest.mark.parametrize("place", ["data", "params"])
def test_code_when_exchanged_then_both_tokens(sandbox: SandboxProcess, place: str) -> None:
    code = answered(sandbox.consent(address(sandbox)))["code"]
    answer = exchange(sandbox, code, place=place)
    assert set(answer.json()) == {"token_type", "access_token", "refresh_token", "expires_at", "expires_in"}
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert status(sandbox, answer.json()) == 200


def test_code_when_used_twice_then_invalid_grant(sandbox: SandboxProcess) -> None:
    code = answered(sandbox.consent(address(sandbox)))["code"]
    first, second = exchange(sandbox, code), exchange(sandbox, code)
    assert first.status_code == 200
    assert (second.status_code, second.json()) == (400, {"error": "invalid_grant"})


def test_code_when_a_minute_old_then_invalid_grant(sandbox: SandboxProcess) -> None:
    assert sandbox.switches()["code_lifetime_seconds"] == 60
    sandbox.switches(code_lifetime_seconds=0)
    code = answered(sandbox.consent(address(sandbox)))["code"]
    assert exchange(sandbox, code).json() == {"error": "invalid_grant"}


def test_code_when_redirect_uri_differs_then_refused_and_used_up(sandbox: SandboxProcess) -> None:
    code = answered(sandbox.consent(address(sandbox)))["code"]
    assert exchange(sandbox, code, redirect_uri=CALLBACK + "x").json() == {"error": "invalid_grant"}
    assert exchange(sandbox, code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("required", [True, False])
def test_code_when_redirect_uri_is_missing_then_as_switched(sandbox: SandboxProcess, required: bool) -> None:
    sandbox.switches(redirect_uri_required=required)
    code = answered(sandbox.consent(address(sandbox)))["code"]
    answer = exchange(sandbox, code, redirect_uri="")
    assert answer.status_code == (400 if required else 200)
    assert answer.json().get("error") == ("invalid_request" if required else None)


def test_grant_when_of_the_wrong_kind_of_client_then_unauthorized_client(sandbox: SandboxProcess) -> None:
    code = answered(sandbox.consent(address(sandbox)))["code"]
    for answer in (
        ask(sandbox, grant_type="client_credentials"),
        exchange(sandbox, code, auth=(CLIENT_ID, CLIENT_SECRET)),
    ):
        assert (answer.status_code, answer.json()) == (400, {"error": "unauthorized_client"})


# Who the tokens speak for


def test_token_when_service_account_then_reads_and_names_the_organization(sandbox: SandboxProcess) -> None:
    told = introspect(sandbox, connect(sandbox)["access_token"])
    (user,) = [row for row in sandbox.records("users") if str(row["id"]) == told["sub"]]
    assert user["_service_account"] is True
    assert (told["client_id"], told["scope"]) == (PARTNER_CLIENT_ID, SCOPES)
    assert told[CLAIMS]["organization"]["name"] == "Lumen Robotics"


def test_token_when_consent_is_of_a_person_then_acts_as_that_person(sandbox: SandboxProcess) -> None:
    as_admin = connect(sandbox, service_account=False)
    assert status(sandbox, as_admin) == 200
    as_recruiter = connect(sandbox, email=RECRUITER_EMAIL, service_account=False)
    assert status(sandbox, as_recruiter) == 403
    sandbox.set_user(ADMIN_EMAIL, deactivated=True)
    assert status(sandbox, as_admin) == 401
    assert refresh(sandbox, as_admin["refresh_token"]).json() == {"error": "invalid_grant"}


def test_consent_when_user_is_deactivated_then_not_possible(sandbox: SandboxProcess) -> None:
    with pytest.raises(AssertionError, match="Choose who you are"):
        sandbox.consent(address(sandbox), email=FORMER_EMAIL)


def test_token_when_of_another_organization_then_says_so(sandbox: SandboxProcess) -> None:
    ours, theirs = connect(sandbox), connect(sandbox, organization="Other Org")
    names = [introspect(sandbox, tokens["access_token"])[CLAIMS]["organization"] for tokens in (ours, theirs)]
    assert [name["name"] for name in names] == ["Lumen Robotics", "Other Org"]
    assert names[0]["id"] != names[1]["id"]


# Refreshing


def test_refresh_when_sent_then_both_tokens_are_new_and_the_old_one_is_dead(sandbox: SandboxProcess) -> None:
    first = connect(sandbox)
    second = refresh(sandbox, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    again = refresh(sandbox, first["refresh_token"])
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    assert refresh(sandbox, second["refresh_token"]).status_code == 200


def test_refresh_when_repeated_and_reuse_disconnects_then_all_is_over(sandbox: SandboxProcess) -> None:
    sandbox.switches(refresh_reuse_disconnects=True, refresh_refusal_status="401")
    first = connect(sandbox)
    second = refresh(sandbox, first["refresh_token"]).json()
    assert refresh(sandbox, first["refresh_token"]).status_code == 401
    assert refresh(sandbox, second["refresh_token"]).status_code == 401
    assert status(sandbox, second) == 401


def test_refresh_when_grace_is_given_then_the_used_token_works_again(sandbox: SandboxProcess) -> None:
    sandbox.switches(refresh_grace_seconds=600)
    first = connect(sandbox)
    assert [refresh(sandbox, first["refresh_token"]).status_code for _ in range(2)] == [200, 200]


def test_refresh_when_token_is_too_old_then_invalid_grant(sandbox: SandboxProcess) -> None:
    assert sandbox.switches()["refresh_lifetime_seconds"] == 24 * 3600
    sandbox.switches(refresh_lifetime_seconds=0)
    assert refresh(sandbox, connect(sandbox)["refresh_token"]).json() == {"error": "invalid_grant"}


def test_refresh_when_token_is_unknown_or_missing_then_invalid_grant(sandbox: SandboxProcess) -> None:
    assert refresh(sandbox, "nonsense").json() == {"error": "invalid_grant"}
    assert ask(sandbox, grant_type="refresh_token").json() == {"error": "invalid_grant"}


def test_refresh_when_the_answer_is_lost_then_the_old_token_is_used_up(sandbox: SandboxProcess) -> None:
    tokens = connect(sandbox)
    sandbox.faults({"kind": "reset_after", "method": "POST", "path": "/token"})
    with pytest.raises(requests.ConnectionError):
        refresh(sandbox, tokens["refresh_token"])
    assert refresh(sandbox, tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_refresh_when_sandbox_was_killed_then_goes_on(sandbox: SandboxProcess) -> None:
    tokens = connect(sandbox)
    sandbox.kill()
    sandbox.start()
    assert status(sandbox, refresh(sandbox, tokens["refresh_token"]).json()) == 200


# Disconnecting and scopes


@pytest.mark.parametrize("code", ["401", "403"])
def test_disconnect_when_its_status_is_switched_then_that_one(sandbox: SandboxProcess, code: str) -> None:
    sandbox.switches(disconnected_status=code)
    tokens = connect(sandbox)
    sandbox.disconnect()
    assert status(sandbox, tokens) == int(code)
    assert refresh(sandbox, tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert sandbox.api("GET", "/v3/jobs", token="garbage").status_code == 401


def test_disconnect_when_done_then_401_and_invalid_grant_there_only(sandbox: SandboxProcess) -> None:
    ours, theirs = connect(sandbox), connect(sandbox, organization="Other Org")
    sandbox.disconnect()
    assert status(sandbox, ours) == 401
    assert introspect(sandbox, ours["access_token"]) == {"active": False}
    assert refresh(sandbox, ours["refresh_token"]).json() == {"error": "invalid_grant"}
    assert status(sandbox, theirs) == 200
    assert status(sandbox, connect(sandbox)) == 200


def test_scope_when_not_consented_then_403(sandbox: SandboxProcess) -> None:
    tokens = connect(sandbox, scope="harvest:jobs:list")
    assert (status(sandbox, tokens), status(sandbox, tokens, "/v3/sources")) == (200, 403)


def test_scope_when_removed_then_at_once_and_gone_for_good_after_the_refresh(sandbox: SandboxProcess) -> None:
    tokens = connect(sandbox)
    everything = sandbox.set_credential(PARTNER_CLIENT_ID)["scopes"]
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=["harvest:jobs:list"])
    assert (status(sandbox, tokens), status(sandbox, tokens, "/v3/sources")) == (200, 403)
    assert introspect(sandbox, tokens["access_token"])["scope"] == "harvest:jobs:list"
    tokens = refresh(sandbox, tokens["refresh_token"]).json()
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=everything)
    assert status(sandbox, tokens, "/v3/sources") == 403, "a scope that comes back needs a new consent"
    assert status(sandbox, connect(sandbox), "/v3/sources") == 200


def test_scope_when_added_then_only_after_a_new_consent(sandbox: SandboxProcess) -> None:
    everything = sandbox.set_credential(PARTNER_CLIENT_ID)["scopes"]
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=["harvest:jobs:list"])
    tokens = connect(sandbox, scope="harvest:jobs:list")
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=everything)
    tokens = refresh(sandbox, tokens["refresh_token"]).json()
    assert status(sandbox, tokens, "/v3/sources") == 403
    assert status(sandbox, connect(sandbox), "/v3/sources") == 200


def test_budget_when_organizations_share_a_partner_then_each_has_its_own(sandbox: SandboxProcess) -> None:
    ours, theirs = connect(sandbox), connect(sandbox, organization="Other Org")
    sandbox.switches(rate_limit=1, rate_window_seconds=3600)
    assert [status(sandbox, ours), status(sandbox, ours), status(sandbox, theirs)] == [200, 429, 200]


def test_traffic_when_secrets_are_in_the_query_then_not_kept(sandbox: SandboxProcess) -> None:
    tokens = connect(sandbox)
    ask(sandbox, place="params", grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    entry = sandbox.requests("POST", "/token")[-1]
    assert tokens["refresh_token"] not in entry["query"]
    assert "grant_type=refresh_token" in entry["query"]
    assert entry["credential"] == PARTNER_CLIENT_ID
