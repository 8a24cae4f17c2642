"""What a recruiter corrects arrives: the right address, the new file, once; what has arrived is not sent anew."""

import pytest

from accounts.models import User
from candidates.correcting import Correction
from candidates.uploads import CheckedUpload
from integrations.correcting import correct_and_send
from integrations.models import Export, ExportState, GreenhouseJob
from tests.integrations.greenhouse.sending import (
    EMAIL,
    ONCE,
    apply,
    arrived,
    attempt,
    candidate_in,
    files_in,
    owe,
    texts_of,
)
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.django_db
BETTER = CheckedUpload("pdf", "better.pdf", 15, b"%PDF-1.4 better")


def test_somebody_who_was_stopped_before_anything_was_sent_arrives_as_corrected(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    application = apply(hiring, email="ada@lovelace")
    row = attempt(owe(application))
    assert (row.state, row.problem_code) == (ExportState.NEEDS_ATTENTION, "bad_email")
    resume = application.resume
    assert resume is not None
    correction = Correction(fields={"email": EMAIL, "phone": "+44 20 7946 0000"}, files={resume.pk: BETTER})
    assert correct_and_send(export=row, correction=correction, by=rita)
    row = attempt(row)
    assert (row.state, arrived(sandbox)) == (ExportState.SENT, ONCE)
    assert [phone["value"] for phone in candidate_in(sandbox, row)["phone_numbers"]] == ["+44 20 7946 0000"]
    assert "Corrected, to be sent to Greenhouse again: email, phone, résumé" in texts_of(row)


def test_somebody_who_is_there_already_gets_the_new_contact_and_file_and_nothing_twice(
    sandbox: SandboxProcess, hiring: GreenhouseJob, rita: User
) -> None:
    application = apply(hiring)
    resume = application.resume
    assert resume is not None
    row = attempt(owe(application))
    first = row.candidate_remote_id
    Export.objects.filter(pk=row.pk).update(state=ExportState.NEEDS_ATTENTION, problem_code="file_refused")
    row.refresh_from_db()
    correction = Correction(fields={"other_emails": ["ada@second.example"]}, files={resume.pk: BETTER})
    assert correct_and_send(export=row, correction=correction, by=rita)
    row = attempt(row)
    assert (row.state, row.candidate_remote_id) == (ExportState.SENT, first)
    assert arrived(sandbox) == {**ONCE, "files": 2}
    assert {email["value"] for email in candidate_in(sandbox, row)["email_addresses"]} == {EMAIL, "ada@second.example"}
    assert len({file["filename"] for file in files_in(sandbox, row)}) == 2
