"""A letter that collects what a member was told: owed by the notices themselves, claimed before it leaves."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import is_settled, one_line
from accounts.models import Membership
from candidates.models import Notice, NoticeQuerySet

LETTERS_PER_SWEEP = 100
LINES = 50  # of one letter; the rest is a number and a link


def owed() -> list[int]:
    """Memberships that are owed a letter."""
    due = _due(timezone.now()).filter(membership__user__is_active=True)
    return list(due.order_by().values_list("membership", flat=True).distinct()[:LETTERS_PER_SWEEP])


def write(membership_id: int) -> None:
    """Send a member all that is due in one letter; nothing that they have read meanwhile, or of somebody hidden by now.

    Effects: at most one e-mail, outside any transaction. Neither names nor address go into the log.
    Repeat: harmless; only the caller that claims the notices sends them.
    """
    membership = Membership.objects.select_related("employer", "user").filter(pk=membership_id).first()
    if membership is None or not membership.user.is_active:
        return
    now = timezone.now()
    mine = Notice.objects.filter(membership=membership)
    # By its own columns alone: of a joined table PostgreSQL would not look again after it waited for another worker.
    if not _due(now).filter(membership=membership).update(emailed_at=now):
        return
    notices = list(mine.filter(emailed_at=now, read_at=None).still_visible(membership.employer).order_by("pk"))
    if not notices:
        return
    if not is_settled(_letter(membership, notices), f"digest of membership {membership.pk}"):
        mine.filter(emailed_at=now).update(emailed_at=None)


def _due(now: datetime) -> NoticeQuerySet:
    return Notice.objects.filter(email_at__lte=now, emailed_at=None, read_at=None)


def _letter(membership: Membership, notices: list[Notice]) -> EmailMessage:
    employer = membership.employer
    settings_url = settings.BASE_URL + reverse("notification_settings", args=[employer.slug])
    context = {
        "employer": one_line(employer.name),
        "lines": [(notice, settings.BASE_URL + notice.url) for notice in notices[:LINES]],
        "left_out": max(0, len(notices) - LINES),
        "count": sum(1 + notice.further for notice in notices),
        "url": settings.BASE_URL + reverse("notifications", args=[employer.slug]),
        "settings_url": settings_url,
    }
    subject, body = (
        render_to_string(f"candidates/email/digest_{part}.txt", context) for part in ("subject", "message")
    )
    # RFC 3834 keeps out-of-office replies away; RFC 2369 shows mail programs where to unsubscribe.
    headers = {"Auto-Submitted": "auto-generated", "List-Unsubscribe": f"<{settings_url}>"}
    return EmailMessage(one_line(subject), body, to=[membership.user.email], headers=headers)
