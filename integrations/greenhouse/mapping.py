"""Between our rows and Greenhouse's records. Pure functions: no I/O, no queries."""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from candidates.models import Application, ApplicationStatus, Document
from integrations.greenhouse.schemas import (
    CustomLocationPayload,
    DepartmentPayload,
    JobPayload,
    JobPostLocationPayload,
    JobPostPayload,
    OfficePayload,
)
from integrations.models import (
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePostLocation,
    SyncRun,
)
from jobs.html import clean

TAG = "Purpose Jobs"


def _text(remote_id: int | None) -> str:
    return "" if remote_id is None else str(remote_id)


# --- Greenhouse → us -----------------------------------------------------------------------


def name_row(payload: DepartmentPayload | OfficePayload | CustomLocationPayload, run: SyncRun) -> GreenhouseName:
    if isinstance(payload, CustomLocationPayload):
        kind, name, parent = GreenhouseName.Kind.CUSTOM_LOCATION, payload.value, None
    elif isinstance(payload, OfficePayload):
        kind, name, parent = GreenhouseName.Kind.OFFICE, payload.location or payload.name, payload.parent_id
    else:
        kind, name, parent = GreenhouseName.Kind.DEPARTMENT, payload.name, payload.parent_id
    return GreenhouseName(
        connection_id=run.connection_id,
        kind=kind,
        remote_id=str(payload.id),
        name=name,
        parent_remote_id=_text(parent),
    )


def job_row(payload: JobPayload, run: SyncRun) -> GreenhouseJob:
    return GreenhouseJob(
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        name=payload.name,
        requisition_id=payload.requisition_id or "",
        status=payload.status,
        is_template=payload.is_template,
        is_confidential=payload.confidential,
        department_remote_id=_text(payload.department_id),
        employment_type=custom_field_text(payload.custom_fields, "employment_type"),
        remote_updated_at=payload.updated_at,
        seen_in_id=run.pk,
    )


def custom_field_text(custom_fields: Mapping[str, Any], key: str) -> str:
    """Read one value of a `custom_fields` map; whatever is not plain text reads as empty (contract §3.4)."""
    entry = custom_fields.get(key)
    value = entry.get("value") if isinstance(entry, Mapping) else None
    return value if isinstance(value, str) else ""


def post_row(payload: JobPostPayload, run: SyncRun) -> GreenhouseJobPost:
    return GreenhouseJobPost(
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        job_remote_id=str(payload.job_id),
        title=payload.title,
        content=clean(payload.content or ""),
        is_live=payload.live and payload.active,
        is_internal=payload.internal,
        language=payload.language or "",
        public_url=payload.public_url or "",
        first_published_at=payload.first_published_at,
        remote_updated_at=payload.updated_at,
        seen_in_id=run.pk,
    )


def location_row(payload: JobPostLocationPayload, run: SyncRun) -> GreenhousePostLocation:
    name_id = payload.office_id if payload.type == "office" else payload.custom_location_id
    return GreenhousePostLocation(
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        post_remote_id=_text(payload.job_post_id),
        kind=payload.type or "",
        text=payload.plain_text_location or "",
        name_remote_id=_text(name_id),
        seen_in_id=run.pk,
    )


class Place(NamedTuple):
    """What of a post's location makes its text, in the order of the columns it is read from."""

    kind: str
    name_remote_id: str
    text: str


def display_location(places: Iterable[Place], names: Mapping[tuple[str, str], str]) -> str:
    """Join the places of one post as text, in Greenhouse's order and each once (contract §6.2)."""
    kinds = {"office": GreenhouseName.Kind.OFFICE, "custom_list": GreenhouseName.Kind.CUSTOM_LOCATION}
    texts: dict[str, None] = {}
    for place in places:
        kind = kinds.get(place.kind)
        text = names.get((kind, place.name_remote_id), "") if kind else place.text
        texts[(text or place.text).strip()] = None
    return " · ".join(text for text in texts if text)


_STAGE_WORDS = (
    (ApplicationStatus.OFFER, ("offer", "reference check", "background")),
    (
        ApplicationStatus.INTERVIEWING,
        (
            "interview",
            "screen",
            "call",
            "case study",
            "meeting",
            "challenge",
            "presentation",
            "phone",
            "onsite",
            "on-site",
            "take home",
            "assessment",
            "exercise",
            "panel",
        ),
    ),
)


def tracked_status(remote_status: str, stage_name: str, rejection_key: str = "") -> ApplicationStatus:
    """Put Greenhouse's status and stage into our words (contract §9 Track).

    Shape: `rejection_key` is the type key of the rejection reason; only THEY_REJECTED_US is a withdrawal.
    """
    if remote_status == "hired":
        return ApplicationStatus.HIRED
    if remote_status == "rejected":
        withdrew = rejection_key == "THEY_REJECTED_US"
        return ApplicationStatus.WITHDRAWN if withdrew else ApplicationStatus.REJECTED
    stage = stage_name.lower()
    if not stage:
        return ApplicationStatus.SENT
    for status, words in _STAGE_WORDS:
        if any(word in stage for word in words) and "review" not in stage:
            return status
    return ApplicationStatus.IN_REVIEW


# --- us → Greenhouse -----------------------------------------------------------------------


def candidate_body(application: Application) -> dict[str, Any]:
    """The body of `POST /v3/candidates`, without its application (contract §6.6)."""
    body: dict[str, Any] = {
        "first_name": application.first_name,
        "last_name": application.last_name or "-",
        "email_addresses": [{"value": application.email, "type": "personal"}],
        "tags": [TAG],
    }
    if application.phone:
        body["phone_numbers"] = [{"value": application.phone, "type": "mobile"}]
    websites = [link for link in application.links if link["kind"] == "website"]
    social = [link for link in application.links if link["kind"] != "website"]
    if websites:
        body["website_addresses"] = [{"value": link["url"], "type": "portfolio"} for link in websites]
    if social:
        body["social_media_addresses"] = [{"value": link["url"]} for link in social]
    return body


def application_part(job_remote_id: str, source_remote_id: str) -> dict[str, Any]:
    """What a candidate's inner application and `POST /v3/applications` have in common (contract §6.7)."""
    part: dict[str, Any] = {"job_id": int(job_remote_id)}
    if source_remote_id:
        part["source_id"] = int(source_remote_id)
    return part


def resume_filename(application: Application, document: Document) -> str:
    """Name the file after the person and the application, so that reading back can tell it from any other."""
    name = re.sub(r"[^\w-]+", "_", application.name).strip("_") or "Resume"
    return f"{name[:80]}_{application.key.hex[:8]}.{document.extension}"


def attachment_body(application_remote_id: str, filename: str, content: bytes) -> dict[str, Any]:
    """The body of `POST /v3/attachments` (contract §6.9)."""
    return {
        "application_id": int(application_remote_id),
        "filename": filename,
        "type": "resume",
        "content": base64.b64encode(content).decode("ascii"),
    }


def note_text(application: Application, link: str) -> str:
    """Everything the applicant wrote, readable, ending with the link that also marks the note as ours."""
    lines = [f"{application.name} applied through Purpose Jobs for “{application.job.title}”."]
    if application.note:
        lines += ["", application.note]
    if application.links:
        lines += ["", *(f"{label}: {url}" for label, url in application.labelled_links)]
    return "\n".join([*lines, "", f"On Purpose Jobs: {link}"])


def note_body(candidate_remote_id: str, application_remote_id: str, text: str) -> dict[str, Any]:
    """The body of `POST /v3/notes`; the written words differ from the read ones (contract §6.10)."""
    return {
        "candidate_id": int(candidate_remote_id),
        "application_id": int(application_remote_id),
        "body": text,
        "note_type": "NOTE",
        "visibility": "public",
    }
