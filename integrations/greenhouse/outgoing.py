"""Our rows → Greenhouse's records. Pure functions: no I/O, no queries. The other way is `mapping.py`."""

import base64
import re
from collections.abc import Sequence
from typing import Any

from candidates.models import Answer, Application, Document
from integrations.greenhouse.contacts import Contacts, as_new
from integrations.models import Connection, Export, FileType

TAG = "Purpose Jobs"
# The form field of a post's cover letter; every other file is an answer to a question of the employer's own.
_COVER_LETTER = "cover_letter"


def candidate_body(application: Application) -> dict[str, Any]:
    """The body of `POST /v3/candidates`, without its application (contract §6.6).

    A part of the name that the person does not have is sent empty: whether Greenhouse takes that is not known.
    """
    names = {"first_name": application.first_name, "last_name": application.last_name}
    return {**names, **as_new(Contacts.of(application)), "tags": [TAG]}


def application_part(export: Export, connection: Connection, referrer_remote_id: str) -> dict[str, Any]:
    """What a candidate's inner application and `POST /v3/applications` have in common (contract §6.6, §6.7)."""
    job_remote_id = export.greenhouse_job.remote_id if export.greenhouse_job else ""
    if export.is_prospect:
        part: dict[str, Any] = {"prospect": True, "job_ids": [int(job_remote_id)] if job_remote_id else []}
        ids = {"prospect_pool_id": export.pool_remote_id, "prospect_pool_stage_id": export.pool_stage_remote_id}
    else:
        part, ids = {"job_id": int(job_remote_id)}, {}
    ids |= {"source_id": export.source_remote_id or connection.source_remote_id, "referrer_id": referrer_remote_id}
    return part | {name: int(remote_id) for name, remote_id in ids.items() if remote_id}


def application_body(export: Export, part: dict[str, Any]) -> dict[str, Any]:
    """The body of `POST /v3/applications`, which alone may name a stage (contract §6.6)."""
    return {"candidate_id": int(export.candidate_remote_id), **in_stage(export, part)}


def in_stage(export: Export, part: dict[str, Any]) -> dict[str, Any]:
    """An application with the stage it is to begin in; Greenhouse's own choice is the job's first."""
    if not export.stage_remote_id or export.is_prospect:
        return part
    return {**part, "initial_stage_id": int(export.stage_remote_id)}


def sent_in_words(export: Export) -> str:
    """What the timeline says once the application is there."""
    return f"Sent to Greenhouse{' as a prospect' if export.is_prospect else ''}"


def filename(application: Application, document: Document) -> str:
    """Name a file after the person and itself, so that reading back can tell it from any other."""
    if document.pk == application.resume_id:
        stem = application.name
    else:
        stem = f"{application.name}_{document.filename.rpartition('.')[0]}"
    name = re.sub(r"[^\w-]+", "_", stem).strip("_") or "Resume"
    return f"{name[:80]}_{document.key.hex[:8]}.{document.extension}"


def type_of(answer: Answer) -> FileType:
    return FileType.COVER_LETTER if answer.key == _COVER_LETTER else FileType.FORM_ATTACHMENT


def attachment_body(application_remote_id: str, name: str, kind: str, content: bytes) -> dict[str, Any]:
    """The body of `POST /v3/attachments` (contract §6.9)."""
    return {
        "application_id": int(application_remote_id),
        "filename": name,
        "type": kind,
        "content": base64.b64encode(content).decode("ascii"),
    }


def note_text(application: Application, answers: Sequence[Answer], link: str) -> str:
    """Everything there is to read about the person, ending with the link that also marks the note as ours."""
    did = "was found on" if application.is_sourced else "applied through"
    on_job = f" for “{application.job_title}”" if application.job else ""
    parts = [f"{application.name} {did} Purpose Jobs{on_job}."]
    if application.current_title or application.current_company:
        parts.append(" at ".join(filter(None, (application.current_title, application.current_company))))
    if application.note:
        parts.append(application.note)
    parts += [f"{answer.label}\n{_answered(answer)}" for answer in answers]
    contacts = [application.email, *application.other_emails, application.phone, *application.other_phones]
    contacts += [f"{label}: {url}" for label, url in application.labelled_links]
    parts.append("\n".join(filter(None, contacts)))
    return "\n\n".join([*parts, f"On Purpose Jobs: {link}"])


def note_body(export: Export, text: str, *, is_private: bool) -> dict[str, Any]:
    """The body of `POST /v3/notes`; the written words differ from the read ones (contract §6.10)."""
    return {
        "candidate_id": int(export.candidate_remote_id),
        "application_id": int(export.application_remote_id),
        "body": text,
        "note_type": "NOTE",
        "visibility": "private" if is_private else "public",
    }


def _answered(answer: Answer) -> str:
    if answer.document is not None:
        return f"{answer.document.filename} (among the files)"
    return answer.text or "(no answer)"
