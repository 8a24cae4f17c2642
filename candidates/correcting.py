"""What a recruiter puts right in an application: words, and files that nobody could use."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from candidates.models import Answer, Application, Document
from candidates.services import store
from candidates.uploads import CheckedUpload

RESUME = 0  # stands for the résumé of somebody who had none


@dataclass(frozen=True)
class Correction:
    """New values of fields; and by document what takes its place, nothing to leave it out."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: Mapping[int, CheckedUpload | None] = field(default_factory=dict)


@contextmanager
def stored(correction: Correction, application: Application) -> Iterator[dict[int, Document | None]]:
    """Put the files into storage, for a transaction within; if that fails none of them stays."""
    documents: dict[int, Document | None] = {}
    is_done = False
    try:
        for pk, upload in correction.files.items():
            documents[pk] = store(upload) if upload else None
        for document in filter(None, documents.values()):
            document.candidate = application.candidate
        yield documents
        is_done = True
    finally:
        for document in () if is_done else filter(None, documents.values()):
            document.file.delete(save=False)


def correct(application: Application, fields: dict[str, Any], documents: Mapping[int, Document | None]) -> list[str]:
    """Write a correction in the caller's transaction and return what it changed, in words.

    A file that was handed in stays with the candidate; the application no longer names it.
    """
    changed = [name for name, value in fields.items() if getattr(application, name) != value]
    for name in changed:
        setattr(application, name, fields[name])
    words = [name.replace("_", " ") for name in changed]
    for pk, document in documents.items():
        if document:
            document.save()
        if pk in (RESUME, application.resume_id):
            application.resume = document
            changed.append("resume")
            words.append("résumé" if document else "without the résumé")
        else:
            words += _replace_answer(application, pk, document)
    application.save(update_fields=changed)
    return words


def _replace_answer(application: Application, pk: int, document: Document | None) -> list[str]:
    rows = Answer.objects.filter(application=application, document=pk)
    labels = list(rows.values_list("label", flat=True))
    rows.update(document=document, text=document.filename if document else "")
    return [f"{'' if document else 'without the '}file for “{label}”" for label in labels]
