"""The operators' pages give no secret away, let nobody in who may not, and lose nothing."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from integrations.models import (
    Connection,
    Export,
    GreenhouseJobPost,
    JobLink,
)
from tests.factories import UserFactory
from tests.integrations.admin.planting import MODELS, SECRET, TOKEN, Queue, list_of, page_of, rows_of, signed_in

# --- secrets -------------------------------------------------------------------------------


def test_pages_of_the_whole_admin_then_hold_no_secret(as_operator: Client, planted: Connection) -> None:
    planted.refresh_from_db()
    assert (planted.secret.reveal(), planted.token.reveal()) == (SECRET, TOKEN)
    hidden = (SECRET, TOKEN, planted.secret.stored, planted.token.stored)
    addresses = [reverse("admin:index")]
    for model in admin.site._registry:
        name = model._meta.label_lower.replace(".", "_")
        addresses.append(reverse(f"admin:{name}_changelist"))
        for row in model._base_manager.all()[:5]:
            addresses += [page_of(row, page) for page in ("change", "history", "delete")]
    for address in addresses:
        html = as_operator.get(address).content.decode()
        assert not any(words in html for words in hidden), address
    assert "…cdef" in as_operator.get(page_of(planted)).content.decode()


@pytest.mark.parametrize(
    ("model", "lookup"),
    [("connection", "secret__startswith"), ("connection", "token"), ("export", "connection__token__startswith")],
)
def test_list_when_filtered_by_a_secret_then_refuses(
    as_operator: Client, planted: Connection, model: str, lookup: str
) -> None:
    assert as_operator.get(list_of(model), {lookup: "g"}).status_code == 400


# --- rights --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_pages_when_not_staff_then_lead_to_the_log_in(planted: Connection, as_alice: Client, model: str) -> None:
    for address in (list_of(model), page_of(rows_of(model)[0])):
        answer = as_alice.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("model", MODELS)
def test_pages_when_staff_without_the_right_then_forbidden(planted: Connection, model: str) -> None:
    client = signed_in(UserFactory(is_staff=True))
    assert client.get(list_of(model)).status_code == 403
    assert client.get(page_of(rows_of(model)[0])).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_pages_when_operator_then_nothing_is_added_or_written_over(
    as_operator: Client, planted: Connection, model: str
) -> None:
    assert as_operator.get(reverse(f"admin:integrations_{model}_add")).status_code == 403
    assert as_operator.post(page_of(rows_of(model)[0]), {}).status_code == 403


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"joblink"}))
def test_pages_when_operator_then_nothing_is_deleted(as_operator: Client, planted: Connection, model: str) -> None:
    row = rows_of(model)[0]
    assert as_operator.post(page_of(row, "delete"), {"post": "yes"}).status_code == 403
    as_operator.post(list_of(model), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert row in rows_of(model)


def test_employer_when_deleted_with_a_connection_then_the_ledger_stays(
    as_operator: Client, planted: Connection
) -> None:
    as_operator.post(page_of(planted.employer, "delete"), {"post": "yes"})
    assert Export.objects.count() == 1


def test_job_link_when_deleted_then_job_post_and_export_stay(as_operator: Client, planted: Connection) -> None:
    link = JobLink.objects.get()
    assert as_operator.post(page_of(link, "delete"), {"post": "yes"}).status_code == 302
    assert not JobLink.objects.exists()
    assert link.job.applications.count() == GreenhouseJobPost.objects.count() == Export.objects.count() == 1


@pytest.mark.parametrize(("model", "action"), [("connection", "sync_now"), ("export", "send_again")])
def test_actions_when_staff_may_only_look_then_do_nothing(
    planted: Connection,
    queue: Queue,
    django_capture_on_commit_callbacks: Any,
    model: str,
    action: str,
) -> None:
    looker = UserFactory(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename=f"view_{model}"))
    client, row = signed_in(looker), rows_of(model)[0]
    assert action not in client.get(list_of(model)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(list_of(model), {"action": action, "_selected_action": [row.pk]})
    assert queue == []
