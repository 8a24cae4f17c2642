"""Account Settings → Candidate emails: everybody reads, admins change, nothing is kept by a preview."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from candidates.models import LetterRule, StatusLetter
from tests.factories import ApplicationFactory, JobFactory

pytestmark = pytest.mark.django_db
PAGE = "/employers/lumen-robotics/settings/candidate-emails/"
GIVEN = {
    "tells_rejected": "on",
    "rejected_after_hours": "24",
    "rejected_words": "{job} is filled.",
    "moved_on_words": "",
}


def test_the_page_is_for_members_and_its_changes_for_admins(
    client: Client, as_charlie: Client, as_bob: Client, as_rita: Client, as_alice: Client
) -> None:
    assert client.get(PAGE).status_code == 302
    assert as_charlie.get(PAGE).status_code == 404
    assert as_bob.get(PAGE).status_code == 200
    assert as_rita.post(PAGE, GIVEN).status_code == 403
    assert as_charlie.post(PAGE, GIVEN).status_code == 404
    assert as_alice.post(PAGE, GIVEN).status_code == 302
    rule = LetterRule.objects.get()
    assert (rule.tells_rejected, rule.tells_moved_on, rule.rejected_after_hours) == (True, False, 24)


@pytest.mark.parametrize("hours", ["0", "-1", "", "2000", "soon"])
def test_a_rejection_at_once_cannot_be_chosen(as_alice: Client, hours: str) -> None:
    assert as_alice.post(PAGE, {**GIVEN, "rejected_after_hours": hours}).status_code == 200
    assert not LetterRule.objects.exists()


def test_a_preview_shows_the_words_escaped_and_keeps_nothing(as_alice: Client, employer: Employer) -> None:
    JobFactory(employer=employer, title="Robot <b>engineer</b>")
    page = as_alice.post(PAGE, {**GIVEN, "preview": "1"}).content.decode()
    assert "Robot &lt;b&gt;engineer&lt;/b&gt; is filled." in page
    assert not LetterRule.objects.exists()


def test_switching_off_takes_back_what_is_owed(as_alice: Client, employer: Employer) -> None:
    as_alice.post(PAGE, GIVEN)
    application = ApplicationFactory(job=JobFactory(employer=employer))
    due = timezone.now() + timedelta(hours=2)
    StatusLetter.objects.create(application=application, kind="rejected", due_at=due)
    as_alice.post(PAGE, {**GIVEN, "tells_rejected": ""})
    assert StatusLetter.objects.get().cancelled_at is not None
