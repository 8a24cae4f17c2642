"""Hand the set-up to the colleague who may create the credential: a one-time link by e-mail, without an account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import Outcome, hand_over, one_line
from accounts.keys import hash_of, new_key
from accounts.models import Employer, User
from integrations import connecting
from integrations.greenhouse.scopes import FEATURES
from integrations.models import Connection, SetupInvitation

VALID_FOR = timedelta(days=7)
PENDING_AT_ONCE = 5


class TooManyPending(Exception):
    """An employer has as many open invitations as it may."""


class AlreadyUsed(Exception):
    """Somebody has used the invitation, or revoked it, while this one was being tested."""


def invite(*, employer: Employer, email: str, by: User) -> Outcome:
    """Write to a colleague, with the steps and a link of their own; return what became of the letter.

    Effects: one row with the hash of the key, one e-mail with the key; from then on it is nowhere else. That is why
    the letter is sent here and not by a task. A second invitation of the same address takes the place of the first.
    Where the mail server surely has not taken the letter, there is no new invitation.
    Raises: TooManyPending; then there is no new invitation either.
    """
    if pending_of(employer).exclude(email__iexact=email).count() >= PENDING_AT_ONCE:
        raise TooManyPending
    key = new_key()
    invitation = SetupInvitation.objects.create(
        employer=employer, email=email, key_hash=hash_of(key), invited_by=by, expires_at=timezone.now() + VALID_FOR
    )
    url = settings.BASE_URL + f"{reverse('setup')}?key={key}"
    context = {"invitation": invitation, "employer": employer, "by": by, "url": url, "features": FEATURES}
    letter = _letter("invitation", [email], context, reply_to=[by.email])
    outcome = hand_over(letter, f"employer {employer.pk}, invitation")
    if outcome in (Outcome.LATER, Outcome.REFUSED):
        invitation.delete()
    else:
        SetupInvitation.objects.filter(used_at=None).older_of(invitation).delete()
    return outcome


def pending_of(employer: Employer) -> Any:
    """The employer's invitations that can still be used, the newest first."""
    return SetupInvitation.objects.filter(employer=employer).usable(timezone.now()).select_related("invited_by")


def find(key: str) -> SetupInvitation | None:
    """Return the invitation of a link, whatever became of it; None for one that never was, or was revoked."""
    return SetupInvitation.objects.select_related("employer", "invited_by").of_key(key)


def is_usable(invitation: SetupInvitation) -> bool:
    return SetupInvitation.objects.usable(timezone.now()).filter(pk=invitation.pk).exists()


def accept(invitation: SetupInvitation, **credential: Any) -> Connection:
    """Connect Greenhouse for the employer, as `connecting.connect` does, and close the invitation.

    Effects: the credential and `used_at` are written in one transaction, so of two at once only one counts.
    Raises: CheckFailed; the link can then be used again. AlreadyUsed.
    """

    def claim() -> None:
        now = timezone.now()
        if SetupInvitation.objects.usable(now).filter(pk=invitation.pk).update(used_at=now) != 1:
            raise AlreadyUsed

    connection = connecting.connect(employer=invitation.employer, by=invitation.invited_by, claim=claim, **credential)
    _tell_inviter(invitation, connection)
    return connection


def _tell_inviter(invitation: SetupInvitation, connection: Connection) -> None:
    by = invitation.invited_by
    if by is None or not by.is_active:
        return
    url = settings.BASE_URL + reverse("integrations", args=[invitation.employer.slug])
    context = {"invitation": invitation, "employer": invitation.employer, "connection": connection, "url": url}
    # Once, whatever comes of it: the page shows it all the same.
    hand_over(_letter("invitation_used", [by.email], context), f"invitation {invitation.pk}, its inviter")


def _letter(name: str, to: list[str], context: dict[str, Any], *, reply_to: list[str] | None = None) -> EmailMessage:
    subject, body = (
        render_to_string(f"integrations/email/{name}_{part}.txt", context) for part in ("subject", "message")
    )
    return EmailMessage(one_line(subject), body, to=to, reply_to=reply_to)
