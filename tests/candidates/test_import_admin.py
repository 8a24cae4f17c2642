"""The pages of an import: for staff who have the right, in the order look, confirm, done."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bench.meters import counted_statements
from candidates import tasks
from candidates.importing.columns import COLUMNS
from candidates.importing.reader import MAX_BYTES
from candidates.models import Candidate, CandidateImport, ImportState
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ADD = "admin:candidates_candidateimport_add"
FILE = b"first_name,last_name,email,Shoe size\nAda,Okafor,ada@example.org,39\n<i>Eve</i>,Example,<b>nowhere</b>,40\n"


@pytest.fixture
def operator() -> Client:
    client = Client()
    user: User = UserFactory(is_staff=True)
    names = ["add_candidateimport", "view_candidateimport", "view_candidateimportrow"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return client


def upload(client: Client, content: bytes = FILE, **more: Any) -> Any:
    file = SimpleUploadedFile("Leute.CSV", content, content_type="text/csv")
    return client.post(reverse(ADD), {"file": file, "agreed": "on", **more})


def page(client: Client, each: CandidateImport) -> str:
    return client.get(reverse("admin:candidates_candidateimport_change", args=[each.pk])).content.decode()


def decide(client: Client, each: CandidateImport, what: str) -> int:
    return client.post(reverse(f"admin:candidates_candidateimport_{what}", args=[each.pk])).status_code


def test_import_when_uploaded_looked_at_and_confirmed_then_they_are_in_the_network(operator: Client) -> None:
    assert upload(operator).status_code == 302
    each = CandidateImport.objects.get()
    assert each.filename == "Leute.csv"
    assert 'http-equiv="refresh"' in page(operator, each)
    tasks.run_import(each.pk)
    shown = page(operator, each)
    assert 'http-equiv="refresh"' not in shown
    assert "UTF-8, comma between cells" in shown
    assert "Shoe size" in shown
    assert "This is not an email address." in shown
    assert "nowhere" not in shown
    assert "Import 1 person" in shown
    assert "Download the reasons as CSV" in shown
    assert not Candidate.objects.exists()
    assert decide(operator, each, "confirm") == 302
    tasks.run_import(each.pk)
    assert "1 of 1 people done" in page(operator, each)
    assert Candidate.objects.get().email == "ada@example.org"
    assert decide(operator, each, "confirm") == 302
    assert "confirmed or cancelled already" in page(operator, each)


def test_import_when_cancelled_then_says_so_and_nothing_can_be_pressed(operator: Client) -> None:
    upload(operator)
    each = CandidateImport.objects.get()
    assert decide(operator, each, "cancel") == 302
    shown = page(operator, each)
    assert "Nobody was imported, and the file is deleted." in shown
    assert "Cancel and delete" not in shown
    each.refresh_from_db()
    assert (each.state, each.file.name) == (ImportState.CANCELLED, "")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"agreed": ""}, "Only people who agreed may be imported."),
        ({"file": ""}, "Choose a file."),
        ({"content": b"x" * (MAX_BYTES + 1)}, "larger than 10.0"),
    ],
)
def test_upload_when_something_is_missing_then_says_what_and_stores_nothing(
    operator: Client, more: dict[str, Any], sentence: str
) -> None:
    assert sentence in upload(operator, **more).content.decode()
    assert not CandidateImport.objects.exists()


def test_template_then_names_every_column(operator: Client) -> None:
    answer = operator.get(reverse("admin:candidates_candidateimport_template"))
    assert answer.content.decode("utf-8-sig").strip() == ",".join(COLUMNS)
    assert "attachment" in answer["Content-Disposition"]
    shown = operator.get(reverse(ADD)).content.decode()
    assert all(name in shown for name in COLUMNS)


def test_problems_then_every_bad_row_is_a_line_with_its_reasons(operator: Client) -> None:
    upload(operator, FILE + b"Ada,Twice,ada@example.org,\n,,\n")
    each = CandidateImport.objects.get()
    tasks.run_import(each.pk)
    answer = operator.get(reverse("admin:candidates_candidateimport_problems", args=[each.pk]))
    assert answer.content.decode("utf-8-sig").splitlines() == [
        "line,what becomes of it,column,reason",
        "3,Cannot be imported,email,This is not an email address.",
        '4,Left alone,email,"Line 2 has the same address already. It counts, and this one does not."',
    ]
    rows = operator.get(reverse("admin:candidates_candidateimportrow_changelist"), {"outcome__exact": "bad"})
    assert "This is not an email address." in rows.content.decode()


def test_problems_when_a_cell_holds_a_formula_then_it_runs_nowhere(operator: Client) -> None:
    upload(operator, b"first_name,last_name,email,level\nAda,Lovelace,ada@example.org,x|=1+1\n")
    each = CandidateImport.objects.get()
    tasks.run_import(each.pk)
    answer = operator.get(reverse("admin:candidates_candidateimport_problems", args=[each.pk])).content.decode()
    assert "x|'=1+1" in answer


def test_page_when_rows_grow_then_the_queries_do_not(operator: Client) -> None:
    counts = []
    for number in (3, 150):
        upload(operator, b"first_name,last_name,email\n" + b"A,B,c\n" * number)
        each = CandidateImport.objects.latest("pk")
        tasks.run_import(each.pk)
        with counted_statements() as counted:
            assert f"Cannot be imported ({number})" in page(operator, each)
        counts.append(counted.total)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("codename", [None, "view_candidateimport"])
def test_pages_when_the_right_is_missing_then_refused(operator: Client, codename: str | None) -> None:
    upload(operator)
    each = CandidateImport.objects.get()
    tasks.run_import(each.pk)
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename=codename))
    client = Client()
    client.force_login(user)
    assert client.get(reverse(ADD)).status_code == 403
    assert upload(client).status_code == 403
    assert client.get(reverse("admin:candidates_candidateimport_template")).status_code == 403
    assert decide(client, each, "confirm") == decide(client, each, "cancel") == 403
    problems = client.get(reverse("admin:candidates_candidateimport_problems", args=[each.pk]))
    assert problems.status_code == (200 if codename else 403)
    if codename:
        assert "Import 1 person" not in page(client, each)
    each.refresh_from_db()
    assert each.state == ImportState.READY


def test_pages_when_signed_out_or_no_staff_then_the_log_in(operator: Client, client: Client) -> None:
    upload(operator)
    each = CandidateImport.objects.get()
    for who in (client, Client()):
        assert who.get(reverse(ADD)).status_code == 302
        assert decide(who, each, "confirm") == 302
        client.force_login(UserFactory())
    each.refresh_from_db()
    assert each.state == ImportState.READING


def test_decisions_when_asked_by_a_link_then_refused(operator: Client) -> None:
    upload(operator)
    each = CandidateImport.objects.get()
    assert operator.get(reverse("admin:candidates_candidateimport_confirm", args=[each.pk])).status_code == 405
