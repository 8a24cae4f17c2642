"""What a member reads of their notices, and how they are ticked off."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Membership
from candidates.models import Notice, NoticeQuerySet

KEPT_FOR = timedelta(days=90)


def shown(membership: Membership) -> NoticeQuerySet:
    """What is on the member's page, the newest first; the caller has joined the employer."""
    return Notice.objects.shown_to(membership)


def unread_count(membership: Membership) -> int:
    """How many the bell says. One query over the member's unread ones alone."""
    return shown(membership).unread().count()


def mark_read(membership: Membership, pk: int) -> Notice | None:
    """Tick off one; None if it is not the member's, or of somebody hidden by now. Repeat: harmless."""
    notice = shown(membership).filter(pk=pk).first()
    if notice:
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return notice


def mark_all_read(membership: Membership, *, until: int) -> None:
    """Tick off all up to the newest one that the member saw. Repeat: harmless."""
    rows = Notice.objects.filter(membership=membership, read_at=None, pk__lte=until)
    rows.update(read_at=timezone.now())


def forget_old() -> None:
    """Delete notices that are months old, read or not."""
    Notice.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
