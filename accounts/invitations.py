"""Ask a colleague into an employer's team: a one-time link by e-mail, for one address and one role."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.handing_over import Outcome, hand_over, one_line
from accounts.keys import hash_of, new_key
from accounts.models import Employer, Membership, Role, TeamInvitation, User

VALID_FOR = timedelta(days=7)
OPEN_AT_ONCE = 50
KEPT_AFTERWARDS = timedelta(days=30)  # so that the team sees who never came, and may write again


class AlreadyMember(Exception):
    """Whoever has the address is in the team."""


class TooManyOpen(Exception):
    """An employer has as many open invitations as it may."""


class AlreadyUsed(Exception):
    """Somebody has used the invitation, or revoked it, in this moment."""


def invite(*, employer: Employer, email: str, role: Role, by: User) -> Outcome:
    """Write to a colleague with a link of their own; return what became of the letter.

    Effects: one row with the hash of the key, one e-mail with the key; from then on it is nowhere else. That is why
    the letter is sent here and not by a task. Where the mail server surely has not taken the letter, nothing changes.
    Repeat: another letter; its link takes the place of the one before.
    Raises: AlreadyMember, TooManyOpen; then nothing changes either.
    """
    if employer.memberships.filter(user__in=filter_users_by_email(email)).exists():
        raise AlreadyMember
    usable = employer.invitations.usable(timezone.now())
    if usable.exclude(email__iexact=email).count() >= OPEN_AT_ONCE:
        raise TooManyOpen
    key, until = new_key(), timezone.now() + VALID_FOR
    given = {"employer": employer, "email": email, "role": role, "invited_by": by, "expires_at": until}
    invitation = TeamInvitation.objects.create(**given, key_hash=hash_of(key))
    outcome = hand_over(_letter(invitation, key), f"employer {employer.pk}, invitation to the team")
    if outcome in (Outcome.LATER, Outcome.REFUSED):
        invitation.delete()
    else:
        TeamInvitation.objects.older_of(invitation).delete()
    return outcome


def invitations_of(employer: Employer) -> QuerySet[TeamInvitation]:
    """The employer's invitations that nobody has used, the newest first, each with `is_usable`."""
    usable = TeamInvitation.objects.usable(timezone.now()).filter(pk=OuterRef("pk"))
    return employer.invitations.select_related("invited_by").annotate(is_usable=Exists(usable))


def find(key: str) -> TeamInvitation | None:
    """Return the invitation of a link that nobody has used or revoked; it may have run out."""
    return TeamInvitation.objects.select_related("employer", "invited_by").of_key(key)


def is_usable(invitation: TeamInvitation) -> bool:
    return TeamInvitation.objects.usable(timezone.now()).filter(pk=invitation.pk).exists()


def has_account(email: str) -> bool:
    return bool(filter_users_by_email(email))


def is_for(invitation: TeamInvitation, user: User) -> bool:
    """Whether the invitation was written to this person: the link alone makes nobody a member."""
    return user in filter_users_by_email(invitation.email)


def accept(invitation: TeamInvitation, *, user: User) -> Membership:
    """Make somebody who has an account a member.

    Effects: one transaction. Who is a member already keeps their role.
    Repeat: AlreadyUsed.
    """
    with transaction.atomic():
        if not TeamInvitation.objects.usable(timezone.now()).filter(pk=invitation.pk).delete()[0]:
            raise AlreadyUsed
        place = {"employer": invitation.employer, "user": user}
        membership, _ = Membership.objects.get_or_create(**place, defaults={"role": invitation.role})
    return membership


def accept_as_new(invitation: TeamInvitation, *, first_name: str, last_name: str, password: str) -> Membership:
    """Make an account for somebody who has none, and a member of them.

    Effects: one transaction. The address counts as confirmed: the link went nowhere else.
    Raises: AlreadyUsed, also where there is an account with this address by now.
    """
    names = {"first_name": first_name, "last_name": last_name}
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, **names)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            return accept(invitation, user=user)
    except IntegrityError:
        raise AlreadyUsed from None


def sweep() -> None:
    """Delete the invitations that ran out a month ago. Repeat: harmless."""
    TeamInvitation.objects.filter(expires_at__lt=timezone.now() - KEPT_AFTERWARDS).delete()


def _letter(invitation: TeamInvitation, key: str) -> EmailMessage:
    url = f"{settings.BASE_URL}{reverse('team_join')}?key={key}"
    by = invitation.invited_by
    context = {"invitation": invitation, "employer": invitation.employer, "by": by, "url": url}
    subject, body = (
        render_to_string(f"accounts/email/team_invitation_{part}.txt", context) for part in ("subject", "message")
    )
    return EmailMessage(one_line(subject), body, to=[invitation.email], reply_to=[by.email] if by else None)
