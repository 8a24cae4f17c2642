"""Greenhouse's records → our rows. Pure functions: no I/O, no queries. The other way is `outgoing.py`."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from candidates.models import ApplicationStatus
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


def _text(remote_id: int | None) -> str:
    return "" if remote_id is None else str(remote_id)


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
