"""What the team writes to each other about a person, and who is called to read it."""

import re
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer, Membership
from candidates import activity
from candidates.known import known_to, name_known_to
from candidates.models import ActivityKind, Candidate, Note, NoticeKind
from candidates.notices import notify

_AT = re.compile(r"(?<![\w.@])@(?=\w)")


class NotYours(Exception):
    """Only the author changes a note; the author and admins delete it."""


def notes_of(employer: Employer, candidate: Candidate) -> QuerySet[Note]:
    """The team's notes about a person, the newest first, with their authors. One query."""
    return Note.objects.filter(employer=employer, candidate=candidate).select_related("author")


def write_note(
    *, candidate: Candidate, by: Membership, text: str, called: Iterable[Membership] = (), note: Note | None = None
) -> Note:
    """Keep a note, or other words for one, and call those colleagues who are named in it or chosen beside it.

    Effects: one transaction; a line among what the team did, and a notice to each who was not called before.
    Raises: NotYours for somebody else's note; ValueError for a person whom the employer does not know.
    """
    if note is not None and note.author_id != by.user_id:
        raise NotYours
    employer = by.employer
    if not known_to(employer).filter(pk=candidate.pk).exists():
        raise ValueError("The employer does not know this person.")
    team = list(employer.memberships.select_related("user").filter(user__is_active=True))
    chosen = {member.pk for member in called}
    chosen |= {member.pk for member in mentioned_in(text, team)}
    named = [member for member in team if member.pk in chosen]
    with transaction.atomic():
        if note is None:
            note = Note.objects.create(employer=employer, candidate=candidate, author=by.user, text=text)
            activity.record(
                employer=employer, candidate=candidate, kind=ActivityKind.NOTED, text="Wrote a note", by=by.user
            )
        else:
            Note.objects.filter(pk=note.pk).update(text=text, edited_at=timezone.now())
        _call(note, [member for member in named if member.pk != by.pk], by)
    return note


def delete_note(*, note: Note, by: Membership) -> None:
    """Delete a note with its words; that there was one stays among what the team did. Repeat: harmless.

    Raises: NotYours unless it is the author or an admin.
    """
    if note.author_id != by.user_id and not by.is_admin:
        raise NotYours
    Note.objects.filter(pk=note.pk, employer=by.employer_id).delete()


def mentioned_in(text: str, team: Collection[Membership]) -> list[Membership]:
    """Whom a text names: @First Last or @e-mail, in any case; @First where only one of the team is called so.

    Shape: after each @ the longest name that fits counts, so @Ada Lovelace is not another Ada.
    """
    names = _names(team)
    found: dict[int, Membership] = {}
    for at in _AT.finditer(text):
        rest = " ".join(text[at.end() : at.end() + 320].split()).casefold()
        name = next((name for name in sorted(names, key=len, reverse=True) if _begins_with(rest, name)), None)
        if name:
            found[names[name].pk] = names[name]
    return list(found.values())


def _begins_with(rest: str, name: str) -> bool:
    return rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()


def _names(team: Collection[Membership]) -> dict[str, Membership]:
    """What each member is called by; a name that two share calls neither."""
    names: dict[str, Membership | None] = {}
    for member in team:
        user = member.user
        for name in {user.email, user.get_full_name(), user.first_name} - {""}:
            key = " ".join(name.split()).casefold()
            names[key] = None if key in names else member
    return {name: member for name, member in names.items() if member}


def _call(note: Note, members: list[Membership], by: Membership) -> None:
    before = set(note.mentioned.values_list("pk", flat=True))
    called = [member for member in members if member.user_id not in before]
    if not called:
        return
    note.mentioned.add(*(member.user_id for member in called))
    about = name_known_to(by.employer, note.candidate)
    address = reverse("candidate", args=[by.employer.slug, note.candidate.key])
    notify(
        employer=by.employer,
        kind=NoticeKind.MENTION,
        text=f"{by.user} mentioned you in a note about {about}",
        url=f"{address}#note-{note.pk}",
        candidate=note.candidate,
        to=called,
    )
