"""The source that people carry in Greenhouse: taken by its name, chosen, gone and found again."""

from django.test import Client

from integrations.models import Connection
from tests.integrations.pasted import FORM, PAGE
from tests.sandbox_process import SandboxProcess


def _source_id(sandbox: SandboxProcess, name: str) -> int:
    return int(sandbox.records("sources", name=name)[0]["id"])


def test_source_named_like_us_is_taken_and_another_choice_outlives_every_check_up(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    ours, other = (
        _source_id(sandbox, "Purpose Jobs"),
        next(row for row in sandbox.records("sources") if row["name"] != "Purpose Jobs"),
    )
    offer = as_alice.get(PAGE + "source/").text
    assert f'<option value="{ours}" selected>' in offer
    page = as_alice.post(PAGE + "source/", {"source": other["id"]}, follow=True).text
    assert f"<strong>{other['name']}</strong>" in page
    as_alice.post(PAGE + "test/")
    assert Connection.objects.get().source_remote_id == str(other["id"])


def test_source_none_is_a_choice_too(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    as_alice.post(PAGE + "source/", {"source": ""})
    as_alice.post(PAGE + "test/")
    assert Connection.objects.get().source_remote_id == ""
    assert "You chose to send people without a source" in as_alice.get(PAGE).text


def test_source_that_does_not_exist_is_explained_and_found_by_check_again(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    ours = _source_id(sandbox, "Purpose Jobs")
    sandbox.change_record("sources", ours, name="Somebody else")
    page = as_alice.post(PAGE, FORM, follow=True).text
    assert "Configure → Sources" in page
    assert "still lists no source" in as_alice.post(PAGE + "source/check/", follow=True).text
    sandbox.change_record("sources", ours, name="Purpose Jobs (board)")
    assert "Found: people carry the source" in as_alice.post(PAGE + "source/check/", follow=True).text
    assert Connection.objects.get().source_remote_id == str(ours)


def test_a_chosen_source_that_vanished_is_said_and_comes_back_by_its_name(
    sandbox: SandboxProcess, as_alice: Client
) -> None:
    as_alice.post(PAGE, FORM)
    other = next(row for row in sandbox.records("sources") if row["name"] != "Purpose Jobs")
    as_alice.post(PAGE + "source/", {"source": other["id"]})
    sandbox.remove_record("sources", other["id"])
    page = as_alice.post(PAGE + "test/", follow=True).text
    connection = Connection.objects.get()
    assert connection.source_is_gone
    assert connection.is_active, "sending works without"
    assert f"The source “{other['name']}” is gone from Greenhouse" in page
    sandbox.change_record("sources", _source_id(sandbox, "Purpose Jobs"), name=other["name"])
    as_alice.post(PAGE + "source/check/")
    assert not Connection.objects.get().source_is_gone


def test_source_when_greenhouse_is_down_says_so(sandbox: SandboxProcess, as_alice: Client) -> None:
    as_alice.post(PAGE, FORM)
    sandbox.switches(harvest_down=True)
    assert "Greenhouse does not answer right now" in as_alice.get(PAGE + "source/", follow=True).text
    assert "Greenhouse does not answer right now" in as_alice.post(PAGE + "source/check/", follow=True).text
