"""Show a person to the team: to colleagues by name, or by a link for whoever of the team has it."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, get_text_list

from accounts.models import Employer, Membership, User
from candidates import activity, tasks
from candidates.known import known_to, name_known_to, note_look
from candidates.models import (
    AccessKind,
    ActivityKind,
    Application,
    Candidate,
    CandidateLink,
    NoticeKind,
    Profile,
    Share,
    SharedWith,
)
from candidates.notices import notify

NAMED_AT_MOST = 5


class NotKnown(Exception):
    """The employer knows nobody like this, or not any more."""


def share_with_team(
    *, employer: Employer, candidate: Candidate, by: User, to: Collection[Membership], note: str, key: UUID
) -> Share:
    """Show a person to colleagues: in their list, by a notice and by a letter.

    Effects: one transaction; letters are owed. Written down among what the team did, and as an access to the profile.
    Repeat: with the same key the share that is there.
    Raises: NotKnown for somebody hidden from the employer; ValueError for nobody to show them to, or a stranger.
    """
    if not to or any(member.employer_id != employer.pk for member in to):
        raise ValueError("Only colleagues of the same employer can be shown somebody.")
    try:
        with transaction.atomic():
            share = _share(employer, candidate, by, to, note, key)
    except IntegrityError:
        there = Share.objects.filter(key=key, employer=employer, candidate=candidate).first()
        if there is None:
            raise
        return there
    return share


def _share(
    employer: Employer, candidate: Candidate, by: User, to: Collection[Membership], note: str, key: UUID
) -> Share:
    name = _name(employer, candidate)
    share = Share.objects.create(key=key, employer=employer, candidate=candidate, by=by, note=note.strip())
    SharedWith.objects.bulk_create([SharedWith(share=share, membership=member) for member in to])
    note_look(employer=employer, by=by, candidates=[candidate], kind=AccessKind.SHARED)
    activity.record(
        employer=employer, candidate=candidate, kind=ActivityKind.SHARED, text=f"Shared with {_named(to)}", by=by
    )
    words = f": “{Truncator(' '.join(note.split())).chars(120)}”" if note.strip() else ""
    notify(
        employer=employer,
        kind=NoticeKind.SHARED,
        text=f"{by} shared {name} with you{words}",
        url=reverse("candidate", args=[employer.slug, candidate.key]),
        candidate=candidate,
        to=to,
    )
    # Robust: with the broker down the letters are owed all the same, and a sweep finds them.
    transaction.on_commit(lambda: tasks.write_share.delay(share.pk), robust=True)
    return share


def make_link(*, employer: Employer, candidate: Candidate, by: User) -> CandidateLink:
    """Make a link to a person's page that opens for members of the employer who are logged in.

    Effects: one transaction. Written down like a share.
    Repeat: the member's own link, until it is revoked.
    Raises: NotKnown for somebody hidden from the employer.
    """
    own = CandidateLink.objects.live().filter(employer=employer, candidate=candidate, made_by=by)
    try:
        with transaction.atomic():
            _name(employer, candidate)
            there = own.first()
            if there:
                return there
            link = CandidateLink.objects.create(employer=employer, candidate=candidate, made_by=by)
            note_look(employer=employer, by=by, candidates=[candidate], kind=AccessKind.SHARED)
            text = "Made a link for the team"
            activity.record(employer=employer, candidate=candidate, kind=ActivityKind.LINK_COPIED, text=text, by=by)
    except IntegrityError:  # pressed twice at once
        return own.get()
    return link


def revoke_link(*, link: CandidateLink, by: User) -> bool:
    """End a link for everybody. True if it was one that still opened. Repeat: harmless."""
    with transaction.atomic():
        rows = CandidateLink.objects.live().filter(pk=link.pk)
        if not rows.update(revoked_at=timezone.now(), revoked_by=by):
            return False
        text = "Revoked a link for the team"
        activity.record(
            employer=link.employer, candidate=link.candidate, kind=ActivityKind.LINK_REVOKED, text=text, by=by
        )
    return True


def link_of(key: str, user: User) -> CandidateLink | None:
    """The live link, for a member of its employer and while the person is known there; else None, whatever is wrong."""
    links = CandidateLink.objects.live().filter(key=key, employer__memberships__user=user)
    link = links.select_related("employer", "candidate").first()
    return link if link and known_to(link.employer).filter(pk=link.candidate_id).exists() else None


def links_to(employer: Employer, candidate: Candidate) -> QuerySet[CandidateLink]:
    """The live links of the employer to a person, the newest first."""
    links = CandidateLink.objects.live().filter(employer=employer, candidate=candidate)
    return links.select_related("made_by")


def shared_with(membership: Membership) -> QuerySet[SharedWith]:
    """Everybody who was shown to a member and whom the employer still knows, the newest first."""
    person, employer = OuterRef("share__candidate"), membership.employer
    visible = Exists(Profile.objects.visible_to(employer).filter(candidate=person))
    known = Exists(Application.objects.visible_to(employer).filter(candidate=person))
    rows = SharedWith.objects.filter(Q(visible) | Q(known), membership=membership)
    return rows.select_related("share__by", "share__candidate__profile")


def _name(employer: Employer, candidate: Candidate) -> str:
    name = name_known_to(employer, candidate)
    if not name:
        raise NotKnown
    return name


def _named(to: Collection[Membership]) -> str:
    names = [str(member.user) for member in to]
    more = len(names) - NAMED_AT_MOST
    return get_text_list([*names[:NAMED_AT_MOST], *([f"{more} more"] if more > 0 else [])], "and")
