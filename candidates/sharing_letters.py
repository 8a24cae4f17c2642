"""E-mail to colleagues whom a person was shown to: owed by the row, found by a sweep, and none leaves twice."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import is_settled, one_line
from candidates.known import name_known_to
from candidates.models import Share, SharedWith

OWED_FOR = timedelta(days=1)  # a later one tells nothing new: it stands in the colleague's list
LETTERS_PER_SWEEP = 100
_OWED = Q(emailed_at=None, membership__user__is_active=True)


def owed() -> list[int]:
    """Shares of which a colleague who can log in is owed a letter, the oldest first."""
    rows = SharedWith.objects.filter(_OWED, share__at__gt=timezone.now() - OWED_FOR)
    return list(rows.order_by("share").values_list("share", flat=True).distinct()[:LETTERS_PER_SWEEP])


def write(share_id: int) -> None:
    """Send each colleague the letter that is owed about a share.

    Effects: an e-mail each, outside any transaction. Nothing is written of somebody hidden meanwhile.
    Repeat: harmless; only the caller that claims a letter sends it.
    """
    share = Share.objects.filter(pk=share_id, at__gt=timezone.now() - OWED_FOR).select_related("employer", "by").first()
    if share is None:
        return
    for recipient in share.recipients.filter(_OWED).select_related("membership__user"):
        _write_one(share, recipient)


def _write_one(share: Share, recipient: SharedWith) -> None:
    now = timezone.now()
    rows = SharedWith.objects.filter(pk=recipient.pk)
    if not rows.filter(emailed_at=None).update(emailed_at=now):
        return
    name = name_known_to(share.employer, share.candidate)  # asked again for each: they may hide any moment
    if name and not is_settled(_letter(share, recipient, name), f"share {share.pk}"):
        rows.filter(emailed_at=now).update(emailed_at=None)


def _letter(share: Share, recipient: SharedWith, name: str) -> EmailMessage:
    path = reverse("candidate", args=[share.employer.slug, share.candidate.key])
    context = {
        "by": one_line(str(share.by or "A colleague")),
        "employer": one_line(share.employer.name),
        "name": one_line(name),
        "note": share.note,
        "url": settings.BASE_URL + path,
    }
    # The subject names nobody: it is seen on locked screens, and what somebody typed stays out of headers.
    subject = one_line(f"A candidate was shared with you at {share.employer.name}")
    body = render_to_string("candidates/email/shared_message.txt", context)
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, to=[recipient.membership.user.email], headers=headers)
