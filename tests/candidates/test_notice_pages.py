"""The bell, the page of notices and its settings: each member their own, for every role."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Employer, User
from candidates import tasks
from candidates.models import Notice, NoticeKind, Profile, Rhythm
from candidates.notices import digest, notify
from candidates.notices.choosing import wishes_of
from tests.factories import ProfileFactory
from tests.mail_server import MailServer

pytestmark = pytest.mark.django_db
LIST = "/employers/lumen-robotics/notifications/"
SETTINGS = f"{LIST}settings/"


def tell(employer: Employer, count: int = 1, kind: NoticeKind = NoticeKind.REPLY, **given: object) -> None:
    for number in range(count):
        notify(employer=employer, kind=kind, text=f"News {number}", url="/elsewhere/", **given)  # type: ignore[arg-type]


def make_due() -> None:
    Notice.objects.update(email_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("address", [LIST, SETTINGS])
def test_a_page_of_notices_is_for_members_alone(
    client: Client, as_charlie: Client, as_bob: Client, address: str
) -> None:
    assert client.get(address).status_code == 302
    assert as_charlie.get(address).status_code == 404
    assert as_bob.get(address).status_code == 200


def test_the_bell_counts_what_is_unread_and_the_list_shows_it(employer: Employer, as_rita: Client) -> None:
    tell(employer, 3)
    page = as_rita.get(LIST).content.decode()
    assert re.search(r"Notifications, 3 unread", page)
    assert page.count('class="notice is-unread"') == 3


def test_the_list_with_many_asks_as_little_as_with_one(
    employer: Employer, as_rita: Client, django_assert_max_num_queries: Any
) -> None:
    as_rita.get(LIST)
    tell(employer, 1)
    with django_assert_max_num_queries(8):
        as_rita.get(LIST)
    profile = ProfileFactory()
    tell(employer, 9, kind=NoticeKind.SHARED, candidate=profile.candidate)
    with django_assert_max_num_queries(8):
        as_rita.get(LIST)


def test_opening_a_notice_ticks_it_off_and_leads_on(employer: Employer, as_rita: Client) -> None:
    tell(employer)
    notice = Notice.objects.get()
    assert as_rita.post(f"{LIST}{notice.pk}/").headers["Location"] == "/elsewhere/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert as_rita.post(f"{LIST}{notice.pk}/", {"stay": "1"}).headers["Location"] == LIST


def test_a_colleagues_notice_does_not_exist(
    employer: Employer, as_rita: Client, as_alice: Client, as_charlie: Client, rita: User
) -> None:
    tell(employer, to=[rita.memberships.get()])
    notice = Notice.objects.get()
    assert as_alice.post(f"{LIST}{notice.pk}/").status_code == 404
    assert as_charlie.post(f"{LIST}{notice.pk}/").status_code == 404
    assert as_rita.get(f"{LIST}{notice.pk}/").status_code == 405


def test_mark_all_leaves_what_came_after_the_page_was_drawn(employer: Employer, as_rita: Client) -> None:
    tell(employer, 2)
    seen = Notice.objects.order_by("pk").first()
    assert seen
    as_rita.post(f"{LIST}read/", {"until": seen.pk})
    assert Notice.objects.unread().count() == 1
    assert as_rita.post(f"{LIST}read/", {"until": "nonsense"}).status_code == 302


def test_a_notice_of_somebody_who_hides_leaves_list_and_bell(employer: Employer, as_rita: Client) -> None:
    profile = ProfileFactory()
    tell(employer, kind=NoticeKind.SHARED, candidate=profile.candidate)
    assert "1 unread" in as_rita.get(LIST).content.decode()
    Profile.objects.update(is_listed=False)
    page = as_rita.get(LIST).content.decode()
    assert "unread" not in page
    assert "Nothing new" in page


def test_settings_are_kept_and_what_is_odd_is_refused(as_rita: Client, rita: User) -> None:
    given = {f"email_{kind}": Rhythm.OFF for kind in NoticeKind} | {"page_reply": "on", "email_reply": "hourly"}
    assert as_rita.post(SETTINGS, given).status_code == 302
    kept = wishes_of(rita.memberships.get())
    assert (kept[NoticeKind.REPLY].in_page, kept[NoticeKind.REPLY].by_email) == (True, Rhythm.HOURLY)
    assert not any(wish.is_wanted for kind, wish in kept.items() if kind != NoticeKind.REPLY)
    assert as_rita.post(SETTINGS, given | {"email_reply": "weekly"}).status_code == 200


def test_a_digest_collects_what_is_due_and_leaves_once(employer: Employer, rita: User) -> None:
    tell(employer, 2)
    assert digest.owed() == []
    make_due()
    [member] = digest.owed()
    digest.write(member)
    digest.write(member)
    [letter] = mail.outbox
    assert letter.to == [rita.email]
    assert letter.subject == "Lumen Robotics: 2 things on Purpose Jobs"
    assert "News 0" in letter.body
    assert "News 1" in letter.body
    assert f"http://testserver{SETTINGS}" in letter.body or SETTINGS in letter.body
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert digest.owed() == []


def test_a_digest_without_news_is_not_written(employer: Employer, rita: User) -> None:
    profile = ProfileFactory()
    tell(employer, 1)
    tell(employer, 1, candidate=profile.candidate)
    make_due()
    Notice.objects.filter(candidate=None).update(read_at=timezone.now())
    Profile.objects.update(is_listed=False)
    for member in digest.owed():
        digest.write(member)
    assert mail.outbox == []


def test_a_digest_that_the_mail_server_never_got_is_owed_again(
    employer: Employer, rita: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(employer)
    make_due()
    [member] = digest.owed()
    settings.EMAIL_BACKEND = "tests.mail_server.MailServer"
    monkeypatch.setattr(MailServer, "at_open", ConnectionRefusedError())
    digest.write(member)
    assert digest.owed() == [member]


def test_the_sweep_wakes_a_letter_and_forgets_what_is_old(employer: Employer, rita: User) -> None:
    tell(employer)
    Notice.objects.update(created_at=timezone.now() - timedelta(days=91))
    tasks.sweep_notices()
    assert not Notice.objects.exists()
