"""Two workers are woken for one member's letter at once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from candidates.models import Notice, NoticeKind
from candidates.notices import digest
from tests.candidates.test_services import at_once
from tests.factories import MembershipFactory


@pytest.mark.django_db(transaction=True)
def test_digest_when_written_by_many_at_once_then_leaves_once() -> None:
    for _ in range(8):
        member = MembershipFactory()
        owed = {"kind": NoticeKind.REPLY, "url": "/x/", "email_at": timezone.now() - timedelta(minutes=1)}
        Notice.objects.bulk_create(Notice(membership=member, text=f"No. {one}", **owed) for one in range(300))
        before = len(mail.outbox)
        at_once([lambda pk=member.pk: digest.write(pk)] * 6)  # type: ignore[misc]
        assert len(mail.outbox) == before + 1
