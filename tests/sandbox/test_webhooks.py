"""Webhooks: what is sent, how it is signed, how often it is tried, and how it is led astray."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.browsing import page, press
from tests.sandbox.receiver import Received, Receiver, listening
from tests.sandbox_process import PARTNER_CLIENT_ID, SandboxProcess

SECRET = "paste-me"
NOWHERE = "http://127.0.0.1:9/hooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


def is_signed(one: Received, secret: str = SECRET) -> bool:
    return one.headers["Signature"] == f"sha256 {hmac.new(secret.encode(), one.body, hashlib.sha256).hexdigest()}"


def told(one: Received) -> dict[str, Any]:
    return dict(json.loads(one.body))


def actions(receiver: Receiver) -> list[str]:
    return [told(one)["action"] for one in receiver.received]


def change_title(sandbox: SandboxProcess, token: str, application: dict[str, Any], title: str = "CEO") -> None:
    path = f"/v3/candidates/{application['candidate_id']}"
    assert sandbox.api("PATCH", path, token=token, json={"title": title}).status_code == 200


def test_event_when_it_happens_then_signed_escaped_and_nested(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], receiver: Receiver
) -> None:
    sandbox.add_webhook(receiver.url, SECRET, "update_candidate")
    change_title(sandbox, token, application, "Büro <b>&</b> 東京")
    (row,) = sandbox.settled(1)
    (one,) = receiver.received
    assert is_signed(one)
    assert b"B\\u00fcro \\u003cb\\u003e&\\u003c/b\\u003e \\u6771" in one.body
    assert (one.headers["Content-Type"], one.headers["User-Agent"]) == ("application/json", "Greenhouse Webhook")
    assert one.headers["Greenhouse-Event-ID"] == row["event_id"]
    candidate = told(one)["payload"]["candidate"]
    assert (candidate["id"], candidate["title"]) == (application["candidate_id"], "Büro <b>&</b> 東京")
    assert (row["state"], [attempt["status"] for attempt in row["attempts"]]) == ("delivered", [200])


def test_event_when_the_change_is_refused_then_nobody_hears(
    sandbox: SandboxProcess, token: str, application: dict[str, Any]
) -> None:
    sandbox.add_webhook(NOWHERE, SECRET, "candidate_stage_change", "reject_candidate")
    path = f"/v3/applications/{application['id']}"
    assert sandbox.api("POST", f"{path}/move", token=token, json={"from_stage_id": 5}).status_code == 422
    assert sandbox.api("POST", f"{path}/reject", token=token, json={"rejection_reason_id": 5}).status_code == 422
    assert sandbox.deliveries() == []


def test_application_events_when_a_life_is_lived_then_each_is_told_in_order(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], receiver: Receiver
) -> None:
    sandbox.add_webhook(receiver.url, SECRET, *(
        "application_updated", "candidate_stage_change", "reject_candidate", "unreject_candidate", "hire_candidate",
        "candidate_anonymized", "delete_application", "delete_candidate"))  # fmt: skip
    path, source = f"/v3/applications/{application['id']}", sandbox.records("sources", name="Indeed")[0]
    reason = sandbox.records("rejection_reasons", name="Position was filled")[0]
    steps: list[tuple[str, str, Any]] = [
        ("PATCH", path, {"source_id": source["id"]}),
        ("POST", f"{path}/move", {"from_stage_id": application["job_interview_stage_id"]}),
        ("POST", f"{path}/reject", {"rejection_reason_id": reason["id"]}),
        ("POST", f"{path}/unreject", {}),
        ("POST", f"{path}/hire", {}),
        ("PATCH", f"/v3/candidates/{application['candidate_id']}/anonymize", {"fields": ["emails"]}),
        ("DELETE", path, None),
        ("DELETE", f"/v3/candidates/{application['candidate_id']}", None),
    ]
    for method, where, body in steps:
        assert sandbox.api(method, where, token=token, json=body).status_code < 300
    sandbox.settled(8)
    assert actions(receiver) == [
        "application_updated", "candidate_stage_change", "reject_candidate", "unreject_candidate", "hire_candidate",
        "candidate_anonymized", "delete_application", "delete_candidate"]  # fmt: skip
    bodies = [told(one)["payload"] for one in receiver.received]
    assert (bodies[0]["application"]["source"]["public_name"], bodies[0]["application"]["jobs"]) == ("Indeed", [])
    assert bodies[1]["application"]["current_stage"]["name"] == "Recruiter Call"
    assert bodies[1]["application"]["status"] == "active"
    assert bodies[1]["application"]["jobs"][0]["id"] == application["job_id"]
    assert bodies[2]["application"]["rejection_reason"]["name"] == "Position was filled"
    assert bodies[4]["application"]["opening"]["id"]
    assert bodies[5] == {"candidate_id": application["candidate_id"], "anonymized_fields": ["emails"]}
    assert bodies[6]["application"]["candidate_id"] == application["candidate_id"]
    assert bodies[7]["person"]["deleted_application_ids"] == []


@pytest.mark.parametrize(("asked_for", "key"), [("merge_candidate", "new_candidate_id"), ("delete_candidate", None)])
def test_merge_when_no_merge_webhook_is_set_then_told_as_a_deletion(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], receiver: Receiver, asked_for: str, key: str
) -> None:
    sandbox.add_webhook(receiver.url, SECRET, asked_for)
    other = sandbox.records("candidates", first_name="Olu")[0]["id"]
    path = f"/v3/candidates/{other}/merge"
    sandbox.api("POST", path, token=token, json={"secondary_candidate_id": application["candidate_id"]})
    sandbox.settled(1)
    person = told(receiver.received[0])["payload"]["person"]
    assert (actions(receiver), person["id"]) == ([asked_for], application["candidate_id"])
    assert person.get("new_candidate_id") == (other if key else None)


def test_delivery_when_refused_then_tried_again_by_the_clock_until_given_up(
    sandbox: SandboxProcess, token: str, application: dict[str, Any], receiver: Receiver
) -> None:
    sandbox.switches(webhook_minute_ms=0)
    sandbox.add_webhook(receiver.url, SECRET, "update_candidate")
    receiver.statuses = [500, 302, 201]
    change_title(sandbox, token, application)
    (row,) = sandbox.settled(1)
    assert [attempt["status"] for attempt in row["attempts"]] == [500, 302, 201, 200]
    assert len({one.headers["Greenhouse-Event-ID"] for one in receiver.received}) == 4
    sandbox.switches(webhook_retry_same_id=True)
    receiver.received.clear()
    receiver.statuses = [500] * 9
    change_title(sandbox, token, application)
    row = sandbox.settled(2)[1]
    assert (row["state"], len(row["attempts"])) == ("failed", 7)
    assert len({one.headers["Greenhouse-Event-ID"] for one in receiver.received}) == 1


def test_delivery_when_a_minute_is_long_then_waits_and_survives_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    with SandboxProcess(data=tmp_path / "sandbox.sqlite3") as process:
        process.add_webhook(receiver.url, SECRET, "job_updated")
        receiver.statuses = [503]
        process.fire("job_updated", collection="jobs", id=process.records("jobs")[0]["id"])
        receiver.wait_for(1)
        assert process.deliveries()[0]["state"] == "waiting"
        process.switches(webhook_minute_ms=0)
        process.kill()
        process.start()
        (row,) = process.deliveries()
        assert (row["state"], row["due_at"] > 0) == ("waiting", True)


def test_trouble_when_ordered_then_dropped_repeated_tampered_or_late(
    sandbox: SandboxProcess, receiver: Receiver
) -> None:
    sandbox.add_webhook(receiver.url, SECRET, "job_updated")
    sandbox.webhook_trouble({"kind": "drop"}, {"kind": "repeat"}, {"kind": "tamper"}, {"kind": "delay", "seconds": 0.2})
    for number in range(5):
        sandbox.fire("job_updated", payload={"number": number})
    rows = sandbox.settled(6)
    assert [row["state"] for row in rows if row["body"].find('"number":0') > 0] == ["dropped"]
    numbers = [told(one)["payload"]["number"] for one in receiver.received]
    assert sorted(numbers) == [1, 1, 2, 3, 4]
    assert numbers[-1] == 3, "the late one comes last"
    twice = [one.headers["Greenhouse-Event-ID"] for one in receiver.received if told(one)["payload"]["number"] == 1]
    assert twice[0] == twice[1]
    assert [told(one)["payload"]["number"] for one in receiver.received if not is_signed(one)] == [2]


def test_deliveries_when_held_then_let_go_in_another_order(sandbox: SandboxProcess, receiver: Receiver) -> None:
    sandbox.add_webhook(receiver.url, SECRET, "job_updated")
    sandbox.webhook_trouble({"kind": "hold", "times": 3})
    for number in range(3):
        sandbox.fire("job_updated", payload={"number": number})
    assert [row["state"] for row in sandbox.settled(3)] == ["held"] * 3
    sandbox.release("reversed")
    sandbox.settled()
    assert [told(one)["payload"]["number"] for one in receiver.received] == [2, 1, 0]
    sandbox.redeliver(sandbox.deliveries()[0]["id"], tamper=True)
    sandbox.settled(4)
    assert not is_signed(receiver.received[-1])
    assert receiver.received[-1].headers["Greenhouse-Event-ID"] == receiver.received[2].headers["Greenhouse-Event-ID"]


# The partner API


@pytest.fixture
def partner(sandbox: SandboxProcess) -> str:
    """Return a partner's access token."""
    return sandbox.partner_token()


def wanted(url: str, **values: Any) -> dict[str, Any]:
    body = {"endpoint_url": url, "name": "Purpose Jobs", "event_action_type": "hire_candidate"}
    return body | {"secret_key": SECRET, "max_attempts": 3} | values


def test_webhook_when_a_partner_makes_it_then_pinged_listed_changed_deleted(
    sandbox: SandboxProcess, partner: str, receiver: Receiver
) -> None:
    answer = sandbox.api("POST", "/v3/webhooks", token=partner, json=wanted(receiver.url))
    made = answer.json()
    assert (answer.status_code, made["deactivated"], SECRET in answer.text) == (201, False, False)
    assert set(made) == {
        "id", "name", "endpoint_url", "event_action_type", "max_attempts", "additional_headers",
        "error_recipient_email", "deactivated", "last_delivered", "created_at", "updated_at"}  # fmt: skip
    (ping,) = receiver.received
    assert (told(ping)["action"], told(ping)["payload"]["id"], is_signed(ping)) == ("ping", made["id"], True)
    path = f"/v3/webhooks/{made['id']}"
    changed = sandbox.api("PATCH", path, token=partner, json={"secret_key": "new", "additional_headers": "X-Us: 1"})
    assert (changed.status_code, len(receiver.received)) == (200, 2)
    assert is_signed(receiver.received[1], "new")
    assert receiver.received[1].headers["X-Us"] == "1"
    assert [row["id"] for row in sandbox.api("GET", "/v3/webhooks", token=partner).json()] == [made["id"]]
    assert sandbox.api("DELETE", path, token=partner).status_code == 200
    assert sandbox.api("DELETE", path, token=partner).status_code == 404


def test_webhook_when_its_ping_fails_then_disabled_until_enabled_by_hand(
    sandbox: SandboxProcess, partner: str, receiver: Receiver
) -> None:
    receiver.statuses = [404]
    made = sandbox.api("POST", "/v3/webhooks", token=partner, json=wanted(receiver.url)).json()
    assert made["deactivated"] is True
    sandbox.fire("hire_candidate", payload={})
    assert [row["action"] for row in sandbox.settled(1)] == ["ping"]
    path = f"/v3/webhooks/{made['id']}"
    assert sandbox.api("PATCH", path, token=partner, json={"deactivated": False}).json()["deactivated"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint_url": "http://example.com/hooks"},
        {"endpoint_url": "ftp://localhost"},
        {"event_action_type": "new_job"},
        {"max_attempts": 0},
        {"additional_headers": "Signature: mine"},
        {"surprise": 1},
    ],
)
def test_webhook_when_its_body_is_wrong_then_422_and_none_is_made(
    sandbox: SandboxProcess, partner: str, wrong: dict[str, Any]
) -> None:
    assert sandbox.api("POST", "/v3/webhooks", token=partner, json=wanted(NOWHERE, **wrong)).status_code == 422
    assert sandbox.counts()["webhooks"] == 0


def test_webhooks_when_a_customer_or_a_lesser_partner_asks_then_403_and_others_are_not_seen(
    sandbox: SandboxProcess, token: str, partner: str
) -> None:
    assert sandbox.api("GET", "/v3/webhooks", token=token).status_code == 403
    (by_hand,) = sandbox.add_webhook(NOWHERE, SECRET, "hire_candidate")
    assert sandbox.api("GET", "/v3/webhooks", token=partner).json() == []
    path = f"/v3/webhooks/{by_hand['id']}"
    assert sandbox.api("PATCH", path, token=partner, json={"name": "mine"}).status_code == 404
    sandbox.set_credential(PARTNER_CLIENT_ID, scopes=["harvest:webhooks:list"])
    assert sandbox.api("POST", "/v3/webhooks", token=partner, json=wanted(NOWHERE)).status_code == 403


# The pages


def test_webhook_page_when_filled_in_then_one_per_event_and_pinged(sandbox: SandboxProcess, receiver: Receiver) -> None:
    form = {"name": "Purpose Jobs", "endpoint_url": receiver.url, "secret_key": SECRET}
    text = press(sandbox, "/webhooks", **form, hire_candidate="on", reject_candidate="on")
    assert "hears of 2 events now" in text
    assert {hook["event_action_type"] for hook in sandbox.records("webhooks")} == {"hire_candidate", "reject_candidate"}
    assert actions(receiver) == ["ping", "ping"]
    assert all(is_signed(one) for one in receiver.received)
    assert "Choose at least one event" in press(sandbox, "/webhooks", **form)
    assert "hears of 29 events now" in press(sandbox, "/webhooks", **form, every_event="on")


def test_webhook_buttons_when_pressed_then_the_whole_group_follows(sandbox: SandboxProcess, receiver: Receiver) -> None:
    first, second = sandbox.add_webhook(receiver.url, SECRET, "hire_candidate", "reject_candidate")
    path = f"/webhooks/{second['id']}"
    assert "is disabled" in press(sandbox, f"{path}/disable")
    assert {hook["deactivated"] for hook in sandbox.records("webhooks")} == {True}
    press(sandbox, f"{path}/change", endpoint_url=receiver.url, secret_key="new")
    assert is_signed(receiver.received[-1], "new")
    assert "took the ping" in press(sandbox, f"{path}/enable")
    receiver.statuses = [500]
    assert "did not take the ping" in press(sandbox, f"{path}/ping")
    assert "1 disabled" in page(sandbox, "/webhooks")
    assert "must be an https address" in press(sandbox, f"{path}/change", endpoint_url="http://a.b", secret_key="x")
    press(sandbox, f"/webhooks/{first['id']}/remove")
    assert sandbox.records("webhooks") == []


def test_delivery_page_when_opened_then_what_was_sent_and_a_button_to_send_it_again(
    sandbox: SandboxProcess, receiver: Receiver
) -> None:
    sandbox.add_webhook(receiver.url, SECRET, "job_updated")
    receiver.statuses = [418]
    sandbox.switches(webhook_minute_ms=0)
    sandbox.fire("job_updated", payload={"name": "Zürich <b>"})
    (row,) = sandbox.settled(1)
    text = page(sandbox, f"/deliveries/{row['id']}")
    assert "Zürich &lt;b&gt;" in text
    assert receiver.received[1].headers["Signature"] in text
    assert ">418<" in text
    assert f"/deliveries/{row['id']}" in page(sandbox, "/webhooks")
    press(sandbox, f"/deliveries/{row['id']}/send_again")
    press(sandbox, f"/deliveries/{row['id']}/send_again", id="new")
    sandbox.settled(3)
    ids = [one.headers["Greenhouse-Event-ID"] for one in receiver.received]
    assert ids[2] == row["event_id"] != ids[3]
    press(sandbox, "/webhooks/trouble", kind="hold", action="job_updated", times="1")
    sandbox.fire("job_updated", payload={})
    sandbox.settled(4)
    assert "1 held delivery is on the way" in press(sandbox, "/webhooks/release", order="reversed")
    assert len(sandbox.settled(4)) == len(receiver.received) - 1 == 4
