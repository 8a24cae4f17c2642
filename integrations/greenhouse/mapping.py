"""Greenhouse's records → our rows. Pure functions: no I/O, no queries. The other way is `outgoing.py`.

What takes several records to tell, such as where a post's job is, stands in `derived.py`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from candidates.models import ApplicationStatus
from integrations.bulk import unsaved
from integrations.greenhouse.schemas import (
    CustomLocationPayload,
    DepartmentPayload,
    JobBoardPayload,
    JobPayload,
    JobPostLocationPayload,
    JobPostPayload,
    OfficePayload,
    PayInputPayload,
    PayRangePayload,
    QuestionPayload,
)
from integrations.models import (
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePayRange,
    GreenhousePostLocation,
    SyncRun,
)
from jobs.html import clean
from jobs.questions import Option, Question, QuestionKind, as_many_as_fit

_MOST_CENTS = 2**63 - 1  # what a BigIntegerField holds
_MOST_POSITION = 2**31 - 1
_KINDS = {kind.value: kind for kind in QuestionKind}
_SELECTS = (QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF)


def _text(remote_id: int | None) -> str:
    return "" if remote_id is None else str(remote_id)


# --- names ---------------------------------------------------------------------------------


def department_row(payload: DepartmentPayload, run: SyncRun) -> GreenhouseName:
    return _name(GreenhouseName.Kind.DEPARTMENT, payload.id, payload.name, run, parent=payload.parent_id)


def office_row(payload: OfficePayload, run: SyncRun) -> GreenhouseName:
    name = (payload.location or "").strip() or payload.name
    return _name(GreenhouseName.Kind.OFFICE, payload.id, name, run, parent=payload.parent_id)


def custom_location_row(payload: CustomLocationPayload, run: SyncRun) -> GreenhouseName:
    return _name(GreenhouseName.Kind.CUSTOM_LOCATION, payload.id, payload.value, run)


def pay_input_row(payload: PayInputPayload, run: SyncRun) -> GreenhouseName:
    position = max(-_MOST_POSITION, min(payload.priority, _MOST_POSITION))
    return _name(GreenhouseName.Kind.PAY_INPUT, payload.id, payload.title, run, position=position)


def job_board_row(payload: JobBoardPayload, run: SyncRun) -> GreenhouseName:
    row = _name(GreenhouseName.Kind.JOB_BOARD, payload.id, payload.company_name or payload.url_token, run)
    row.is_live = payload.status == "live"
    return row


def _name(
    kind: str, remote_id: int, name: str, run: SyncRun, *, parent: int | None = None, position: int = 0
) -> GreenhouseName:
    return unsaved(
        GreenhouseName,
        connection_id=run.connection_id,
        kind=kind,
        remote_id=str(remote_id),
        name=name.strip(),
        parent_remote_id=_text(parent),
        position=position,
    )


# --- jobs and posts ------------------------------------------------------------------------


def job_row(payload: JobPayload, run: SyncRun) -> GreenhouseJob:
    return unsaved(
        GreenhouseJob,
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        name=payload.name,
        requisition_id=payload.requisition_id or "",
        status=payload.status,
        is_template=payload.is_template,
        is_confidential=payload.confidential,
        department_remote_id=_text(payload.department_id),
        office_remote_ids=[str(office_id) for office_id in payload.office_ids],
        custom_fields=readable_fields(payload.custom_fields),
        opened_at=payload.opened_at,
        remote_updated_at=payload.updated_at,
        seen_in_id=run.pk,
    )


def post_row(payload: JobPostPayload, run: SyncRun) -> GreenhouseJobPost:
    return unsaved(
        GreenhouseJobPost,
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        job_remote_id=_text(payload.job_id),
        title=payload.title,
        content=clean(payload.content or ""),
        is_active=payload.active,
        is_live=payload.live and payload.active,
        is_internal=payload.internal,
        board_remote_id=_text(payload.job_board_id),
        questions=[question.as_stored() for question in own_questions(payload.questions)],
        language=payload.language or "",
        public_url=payload.public_url or "",
        first_published_at=payload.first_published_at,
        remote_updated_at=payload.updated_at,
        seen_in_id=run.pk,
    )


def location_row(payload: JobPostLocationPayload, run: SyncRun) -> GreenhousePostLocation:
    name_id = payload.office_id if payload.type == "office" else payload.custom_location_id
    return unsaved(
        GreenhousePostLocation,
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        post_remote_id=_text(payload.job_post_id),
        kind=payload.type or "",
        text=payload.plain_text_location or "",
        name_remote_id=_text(name_id),
        seen_in_id=run.pk,
    )


def pay_range_row(payload: PayRangePayload, run: SyncRun) -> GreenhousePayRange:
    least, most = payload.min_cents, payload.max_cents
    if not (0 <= least <= _MOST_CENTS and 0 <= most <= _MOST_CENTS):
        least = most = 0  # no amount of money; 0 to 0 is how Greenhouse says that nobody filled it in
    return unsaved(
        GreenhousePayRange,
        connection_id=run.connection_id,
        remote_id=str(payload.id),
        post_remote_id=str(payload.job_post_id),
        input_remote_id=_text(payload.pay_input_id),
        min_cents=least,
        max_cents=most,
        currency=payload.currency_type.strip().upper(),
        seen_in_id=run.pk,
    )


# --- questions -----------------------------------------------------------------------------


def own_questions(payloads: Iterable[QuestionPayload]) -> list[Question]:
    """Return the questions that a post asks beside what every form asks, each key once.

    Left out: the built-in ones (name, contact, résumé and so on), which have no id; hidden ones; selects without a
    choice, which nobody could answer; those beyond what one form asks. A kind that we do not know is asked as text.
    """
    return list(as_many_as_fit(_answerable(payloads)))


def _answerable(payloads: Iterable[QuestionPayload]) -> Iterator[Question]:
    keys: set[str] = set()
    for payload in payloads:
        if payload.id is None or payload.answer_type == "hidden":
            continue
        kind = _KINDS.get(payload.answer_type, QuestionKind.SHORT_TEXT)
        key = payload.name or f"question_{payload.id}"
        if key in keys or (kind in _SELECTS and not payload.options):
            continue
        keys.add(key)
        yield _question(payload, key, kind)


def _question(payload: QuestionPayload, key: str, kind: QuestionKind) -> Question:
    options = payload.options if kind in _SELECTS else ()
    return Question(
        key=key,
        label=payload.label.strip() or key,
        kind=kind,
        is_required=payload.required,
        is_private=payload.private,
        description=clean(payload.description or ""),
        options=tuple(Option(_text(option.id) or option.label, option.label) for option in options),
    )


# --- custom fields -------------------------------------------------------------------------


def readable_fields(custom_fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Put a map of custom fields (contract §3.4) into words: key → name and text. Empty ones are left out."""
    found = {}
    for key, entry in custom_fields.items():
        if isinstance(entry, Mapping) and (text := in_words(entry.get("value"))):
            name = entry.get("name")
            found[key] = [name if isinstance(name, str) and name.strip() else key, text]
    return found


def in_words(value: object) -> str:
    """Write the value of a custom field as people read it; empty for null and for what we do not know."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return f"{value:,}".removesuffix(".0")
    if isinstance(value, list):
        return ", ".join(text for item in value if (text := in_words(item)))
    return _compound_in_words(value) if isinstance(value, Mapping) else ""


def _compound_in_words(value: Mapping[str, Any]) -> str:
    """Write an amount or a range with its currency, or something that has a name, such as a user."""
    unit = in_words(value.get("currency_code")) or in_words(value.get("unit"))
    ends = [value.get(name) for name in ("min_amount", "max_amount", "min_value", "max_value")]
    text = " – ".join(text for end in ends if (text := in_words(end)))
    if not text:
        inner = (in_words(value.get(name)) for name in ("amount", "value", "name", "label"))
        text = next(filter(None, inner), "")
    return f"{text} {unit}".strip() if text else ""


# --- progress ------------------------------------------------------------------------------


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
