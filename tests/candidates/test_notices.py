"""What members are told: each thing once, nothing of hidden people, nothing that was switched off, never a flood."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Employer, Membership, Role, User
from candidates.models import ApplicationOrigin, HiddenFrom, Notice, NoticeKind, Rhythm
from candidates.notices import Wish, notify
from candidates.notices.choosing import choose, wishes_of
from candidates.notices.telling import ONE_BY_ONE
from tests.factories import ApplicationFactory, CandidateFactory, JobFactory, MembershipFactory, ProfileFactory

pytestmark = pytest.mark.django_db
SEVEN = datetime(2026, 3, 2, 7, tzinfo=UTC)


def tell(employer: Employer, text: str = "Ada applied", **given: object) -> int:
    asked = {"kind": NoticeKind.NEW_APPLICANT, "url": "/somewhere/", **given}
    return notify(employer=employer, text=text, **asked)  # type: ignore[arg-type]


def test_notify_without_names_tells_recruiters_and_admins_of_this_employer(
    employer: Employer, alice: User, rita: User, bob: User, charlie: User
) -> None:
    assert tell(employer) == 2
    assert {notice.membership.user for notice in Notice.objects.all()} == {alice, rita}


def test_notify_when_somebody_of_another_employer_is_named_tells_them_nothing(employer: Employer, bob: User) -> None:
    stranger = MembershipFactory(role=Role.ADMIN)
    assert tell(employer, to=[bob.memberships.get(), stranger]) == 1
    assert not Notice.objects.filter(membership=stranger).exists()


def test_notify_again_while_unread_within_the_hour_tells_nothing(employer: Employer, rita: User) -> None:
    assert [tell(employer), tell(employer)] == [1, 0]
    Notice.objects.update(read_at=timezone.now())
    assert tell(employer) == 1
    Notice.objects.update(read_at=None, created_at=timezone.now() - timedelta(minutes=61))
    assert tell(employer) == 1


def test_notify_when_much_happens_within_the_hour_gathers_the_rest(employer: Employer, rita: User) -> None:
    for number in range(ONE_BY_ONE + 5):
        tell(employer, f"Person {number} applied")
    assert Notice.objects.count() == ONE_BY_ONE
    assert Notice.objects.order_by("-pk").first().further == 5  # type: ignore[union-attr]


def test_notify_when_much_happened_and_its_letter_has_left_then_the_next_is_owed_one(
    employer: Employer, rita: User
) -> None:
    for number in range(ONE_BY_ONE):
        tell(employer, f"Person {number} applied")
    Notice.objects.update(emailed_at=timezone.now())
    for number in range(ONE_BY_ONE, ONE_BY_ONE + 3):
        tell(employer, f"Person {number} applied")
    owed = Notice.objects.get(emailed_at=None)
    assert (owed.text, owed.further) == (f"Person {ONE_BY_ONE} applied", 2)


def test_notify_about_somebody_hidden_tells_nothing_and_hides_what_was_told(employer: Employer, rita: User) -> None:
    profile = ProfileFactory()
    given = {"candidate": profile.candidate, "kind": NoticeKind.SHARED}
    assert tell(employer, **given) == 1
    HiddenFrom.objects.create(profile=profile, name="Lumen Robotics", key="lumenrobotics")
    assert tell(employer, "Something else", **given) == 0
    assert not Notice.objects.shown_to(rita.memberships.select_related("employer").get()).exists()


def test_notify_about_somebody_hidden_who_applied_tells(employer: Employer, rita: User) -> None:
    profile = ProfileFactory(is_listed=False)
    job = JobFactory(employer=employer)
    row = ApplicationFactory(candidate=profile.candidate, job=job, origin=ApplicationOrigin.SOURCED)
    assert tell(employer, candidate=profile.candidate) == 0
    row.origin = ApplicationOrigin.APPLIED
    row.save()
    assert tell(employer, candidate=profile.candidate) == 1


def test_notify_about_somebody_unknown_here_tells_nothing(employer: Employer, rita: User) -> None:
    assert tell(employer, candidate=CandidateFactory()) == 0


def test_a_kind_that_was_switched_off_is_not_told(employer: Employer, rita: User) -> None:
    member = rita.memberships.get()
    choose(membership=member, wishes={NoticeKind.NEW_APPLICANT: Wish(in_page=False, by_email=Rhythm.OFF)})
    assert tell(employer) == 0
    assert tell(employer, kind=NoticeKind.REPLY) == 1


def test_a_kind_wanted_by_letter_alone_is_owed_and_not_on_the_page(employer: Employer, rita: User) -> None:
    member = rita.memberships.select_related("employer").get()
    choose(membership=member, wishes={NoticeKind.NEW_APPLICANT: Wish(in_page=False, by_email=Rhythm.HOURLY)})
    assert tell(employer) == 1
    assert not Notice.objects.shown_to(member).exists()
    assert Notice.objects.get().email_at is not None


def test_choose_when_a_letter_is_owed_takes_it_back(employer: Employer, rita: User) -> None:
    member = rita.memberships.get()
    tell(employer)
    assert Notice.objects.get().email_at is not None
    choose(membership=member, wishes={NoticeKind.NEW_APPLICANT: Wish(in_page=True, by_email=Rhythm.OFF)})
    assert Notice.objects.get().email_at is None
    assert wishes_of(member)[NoticeKind.NEW_APPLICANT].by_email == Rhythm.OFF


@pytest.mark.parametrize(
    ("rhythm", "now", "due"),
    [
        (Rhythm.DAILY, SEVEN - timedelta(minutes=1), SEVEN),
        (Rhythm.DAILY, SEVEN, SEVEN + timedelta(days=1)),
        (Rhythm.HOURLY, SEVEN + timedelta(minutes=59), SEVEN + timedelta(hours=1)),
        (Rhythm.OFF, SEVEN, None),
    ],
)
def test_a_letter_is_due_when_its_rhythm_says(rhythm: Rhythm, now: datetime, due: datetime | None) -> None:
    assert Wish(in_page=True, by_email=rhythm).email_at(now) == due


def test_a_member_who_leaves_takes_the_notices_along(employer: Employer, rita: User) -> None:
    tell(employer)
    Membership.objects.filter(user=rita).delete()
    assert not Notice.objects.exists()
