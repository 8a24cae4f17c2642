"""E-mail to people who were imported: that they are here, and where they see, change and delete it."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import is_settled, one_line
from candidates.models import CandidateImportRow

LETTERS_PER_SWEEP = 50


def owed() -> list[int]:
    """Rows whose people were not written to yet, the oldest first."""
    rows = CandidateImportRow.objects.filter(owes_letter=True, letter_at=None).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:LETTERS_PER_SWEEP])


def write(row_id: int) -> None:
    """Write to the person of a row.

    Effects: one e-mail, outside any transaction; none where they have left, or took the profile over meanwhile.
    Repeat: harmless; only the caller that claims the letter sends it.
    """
    now = timezone.now()
    rows = CandidateImportRow.objects.filter(pk=row_id)
    if not rows.filter(owes_letter=True, letter_at=None).update(letter_at=now):
        return
    email = (
        rows.filter(candidate__profile__imported_at__isnull=False).values_list("candidate__email", flat=True).first()
    )
    if email and not is_settled(_letter(email), f"row {row_id} of an import"):
        rows.filter(letter_at=now).update(letter_at=None)


def _letter(email: str) -> EmailMessage:
    # Nothing that stands in the file: whoever writes a file must not speak to strangers through us.
    context = {"profile_url": settings.BASE_URL + reverse("own_profile")}
    subject, body = (
        render_to_string(f"candidates/email/imported_{part}.txt", context) for part in ("subject", "message")
    )
    return EmailMessage(one_line(subject), body, to=[email], headers={"Auto-Submitted": "auto-generated"})
