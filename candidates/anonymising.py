"""Forget who a person is in what an employer has of them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Employer
from candidates.models import (
    Answer,
    Application,
    Candidate,
    CandidateLink,
    Conversation,
    Document,
    Note,
    Notice,
    Profile,
    Share,
)

_NAMELESS = {"first_name": "Anonymized", "last_name": "Candidate"}
# What an application says of a person who is nobody any more. Without an address it is nobody's.
NOBODY: dict[str, Any] = {
    **_NAMELESS,
    **dict.fromkeys(("email", "phone", "current_company", "current_title", "note"), ""),
    "other_emails": [],
    "other_phones": [],
    "links": [],
    "resume": None,
}


def anonymise(*, candidate: Candidate, employer: Employer) -> None:
    """Forget who a person is in all that one employer has of them; what became of them stays.

    Effects: one transaction, then the files. What the team wrote of them and to them, and was told of them, goes. The
        person themselves, too, unless other employers know them or they have a profile of their own.
    Repeat: harmless.
    """
    with transaction.atomic():
        _delete_words(candidate, employer)
        anonymise_applications(Application.objects.filter(candidate=candidate, employer=employer))
        delete_unused_documents(candidate)
        known = Application.objects.filter(candidate=candidate).exclude(email="")
        if not known.exists() and not Profile.objects.filter(candidate=candidate).exists():
            email = f"anonymized-{candidate.key.hex}@example.invalid"
            Candidate.objects.filter(pk=candidate.pk).update(**_NAMELESS, email=email)


def anonymise_applications(applications: QuerySet[Application]) -> None:
    """Leave of these applications a number without a name. Effects: rows, in the caller's transaction."""
    Answer.objects.filter(application__in=applications).delete()
    applications.update(**NOBODY)


def delete_unused_documents(candidate: Candidate, *, only: int | None = None) -> None:
    """Delete the files of a person, or the one named, that no application, answer or profile names any more.

    Effects: rows in the caller's transaction, the files after it. Repeat: harmless.
    """
    applications = Application.objects.filter(candidate=candidate)
    used = {*applications.values_list("resume", flat=True)}
    used |= {*Answer.objects.filter(application__in=applications).values_list("document", flat=True)}
    used |= {*Profile.objects.filter(candidate=candidate).values_list("resume", flat=True)}
    unused = Document.objects.filter(candidate=candidate).exclude(pk__in=used - {None})
    documents = list(unused.filter(pk=only) if only else unused)
    Document.objects.filter(pk__in=[document.pk for document in documents]).delete()
    transaction.on_commit(lambda: _delete_files(documents), robust=True)


def _delete_words(candidate: Candidate, employer: Employer) -> None:
    """Delete what names the person: notes, letters, shares with their notes, and what members were told."""
    for model in (Note, Conversation, Share, CandidateLink):
        model._default_manager.filter(candidate=candidate, employer=employer).delete()
    Notice.objects.filter(candidate=candidate, membership__employer=employer).delete()


def _delete_files(documents: Collection[Document]) -> None:
    for document in documents:
        document.file.delete(save=False)
