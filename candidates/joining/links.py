"""Links to log in: written to whoever owns the address, used once."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import is_settled, one_line
from accounts.keys import hash_of, new_key
from candidates.models import Candidate, SignIn

LETTERS_PER_SWEEP = 100


def owed() -> list[int]:
    """Links whose letters have not left, the oldest first; one that comes after its hour would only puzzle."""
    rows = SignIn.objects.filter(sent_at=None, asked_at__gt=timezone.now() - SignIn.VALID_FOR).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:LETTERS_PER_SWEEP])


def write(sign_in_id: int) -> None:
    """Send the letter with the link.

    Effects: the key's hash in the row, one e-mail with the key; from then on it is nowhere else.
    Repeat: harmless; only the caller that claims the letter sends it.
    """
    key = new_key()
    now = timezone.now()
    rows = SignIn.objects.filter(pk=sign_in_id)
    unsent = rows.filter(sent_at=None, used_at=None, asked_at__gt=now - SignIn.VALID_FOR)
    if not unsent.update(sent_at=now, key_hash=hash_of(key)):
        return
    if not is_settled(_letter(rows.get(), key), f"link {sign_in_id}"):
        rows.filter(sent_at=now).update(sent_at=None, key_hash="")


def find(key: str) -> SignIn | None:
    """Return what a link opens; None once it was used, is too old, or never was."""
    usable = SignIn.objects.usable(timezone.now()).select_related("changes")
    return usable.filter(key_hash=hash_of(key)).first() if key else None


def use(sign_in: SignIn) -> bool:
    """Use a link up; True for exactly one caller, who is logged in by it from now on.

    Effects: one transaction; a person who asked for it has the new address, unless somebody else has it by now.
    Repeat: False.
    """
    now = timezone.now()
    with transaction.atomic():
        if not SignIn.objects.usable(now).filter(pk=sign_in.pk).update(used_at=now):
            return False
        if sign_in.changes and not Candidate.objects.by_email(sign_in.email).exists():
            SignIn.objects.filter(email=sign_in.changes.email.lower()).delete()  # who is logged in by the old one
            Candidate.objects.filter(pk=sign_in.changes.pk).update(email=sign_in.email, updated_at=now)
    return True


def sweep() -> None:
    """Delete the rows that are good for nothing any more. Repeat: harmless."""
    SignIn.objects.over(timezone.now()).delete()


def _letter(sign_in: SignIn, key: str) -> EmailMessage:
    # Nothing that anybody typed: whoever types a stranger's address must not speak to them through us.
    context = {"url": f"{settings.BASE_URL}{reverse('sign_in')}?key={key}", "changes": sign_in.changes_id is not None}
    subject, body = (
        render_to_string(f"candidates/email/sign_in_{part}.txt", context) for part in ("subject", "message")
    )
    return EmailMessage(one_line(subject), body, to=[sign_in.email], headers={"Auto-Submitted": "auto-generated"})
