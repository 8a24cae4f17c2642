"""Everything we have of a person, for the person to take along."""

import json
import zipfile
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from candidates.joining import looked
from candidates.models import Application, Candidate, Conversation, Document, Profile, TermKind

_IN_MEMORY_BYTES = 5 * 1024 * 1024
_PROFILE = (
    *("pronouns", "current_title", "current_company", "summary", "linkedin_url", "github_url", "portfolio_url"),
    *("remote", "level", "years", "salary_min", "salary_max", "salary_currency", "search_state"),
    *("is_listed", "can_be_sent", "joined_at", "updated_at"),
)
_APPLICATION = (
    *("first_name", "last_name", "email", "other_emails", "phone", "other_phones", "current_company", "current_title"),
    *("links", "note", "created_at"),
)


def pack(candidate: Candidate) -> IO[bytes]:
    """Return a ZIP with `data.json` and every file of a person, ready to be read from its beginning.

    What employers think of somebody is theirs, and not in it; neither is how far an application has come, which an
    employer tells when it is ready to.
    Effects: a temporary file, gone when it is closed.
    """
    packed: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data_of(candidate), indent=2, ensure_ascii=False, default=str))
        for document in candidate.documents.order_by("pk"):
            _add(archive, document)
    packed.seek(0)
    return packed


def data_of(candidate: Candidate) -> dict[str, Any]:
    """Return all that is known of a person, in words of the field."""
    profile = Profile.objects.filter(candidate=candidate).prefetch_related("terms", "hidden_from").first()
    return {
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "email": candidate.email,
        "known_since": candidate.created_at,
        "profile": _profile(profile) if profile else None,
        "applications": list(_applications(candidate)),
        "messages": list(_messages(candidate)),
        "seen_by": [
            {"employer": day.employer, "on": day.on, "did": day.did} for day in looked.at(candidate, most=None)
        ],
        "files": [_name(document) for document in candidate.documents.order_by("pk")],
    }


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        **{name: getattr(profile, name) for name in _PROFILE},
        **{f"{kind}s": profile.names_of(TermKind(kind)) for kind in TermKind.values},
        "hidden_from": [hidden.name for hidden in profile.hidden_from.all()],
        "resume": _name(profile.resume) if profile.resume else None,
    }


def _applications(candidate: Candidate) -> Iterator[dict[str, Any]]:
    rows = Application.objects.filter(candidate=candidate).order_by("pk").select_related("employer", "job", "resume")
    for row in rows.prefetch_related("answers__document"):
        yield {
            "employer": row.employer.name,
            "job": row.job_title,
            "how": row.get_origin_display(),
            **{name: getattr(row, name) for name in _APPLICATION},
            "resume": _name(row.resume) if row.resume else None,
            "answers": [
                {
                    "question": answer.label,
                    "answer": answer.text,
                    "file": _name(answer.document) if answer.document else None,
                }
                for answer in row.answers.all()
            ],
        }


def _messages(candidate: Candidate) -> Iterator[dict[str, Any]]:
    rows = Conversation.objects.filter(candidate=candidate).order_by("pk").select_related("employer")
    for conversation in rows.prefetch_related("messages"):
        for message in conversation.messages.all():
            yield {
                "employer": conversation.employer.name,
                "direction": message.get_direction_display(),
                "at": message.created_at,
                "subject": message.subject,
                "text": message.text,
            }


def _add(archive: zipfile.ZipFile, document: Document) -> None:
    try:
        with document.file.open("rb") as file:
            archive.writestr(_name(document), file.read())
    except FileNotFoundError:  # its line in data.json stays, and says what it was
        return


def _name(document: Document) -> str:
    return f"files/{document.pk}-{document.filename}"
