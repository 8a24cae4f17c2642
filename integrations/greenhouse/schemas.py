"""The records of Greenhouse Harvest v3 that we read, field by field as they are on the wire.

Ids are Greenhouse's. `_at` is an aware UTC datetime. A default means "may be missing or null"; where
Greenhouse's own description is stricter than what integrators have seen, the looser one is here. Read by
`parsing`. Records are dataclasses; the small values inside them are named tuples, since a page of posts holds
thousands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Record:
    """Anything Greenhouse keeps in a collection.

    Shape: what tells who a person is has `repr=False`, so that in a log or an error report only the id stands.
    """

    id: int


# Jobs, their posts, and where and for what pay


@dataclass(frozen=True, slots=True)
class JobPayload(Record):
    """A hiring container: internal name, department, offices. `status` is open, draft or closed."""

    name: str
    status: str
    requisition_id: str | None = None
    confidential: bool = False
    is_template: bool = False
    department_id: int | None = None
    office_ids: tuple[int, ...] = ()
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class QuestionOptionPayload(NamedTuple):
    """One choice of a select question."""

    label: str = ""
    id: int | None = None


class QuestionPayload(NamedTuple):
    """A question of a job post's form; `id` is None for the built-in ones, `name` is the form field.

    Nothing is required: a post with an odd question is still a post.
    """

    label: str = ""
    name: str = ""
    answer_type: str = ""
    id: int | None = None
    description: str | None = None
    required: bool = False
    private: bool = False
    options: tuple[QuestionOptionPayload, ...] = ()


@dataclass(frozen=True, slots=True)
class JobPostPayload(Record):
    """A public advert of a job: deleted when not `active`, published when `live`; it has no location.

    A post for prospects may be of no job.
    """

    title: str
    internal: bool
    active: bool
    live: bool
    job_id: int | None = None
    job_board_id: int | None = None
    featured: bool = False
    first_published_at: datetime | None = None
    content: str | None = None
    internal_content: str | None = None
    language: str | None = None
    public_url: str | None = None
    questions: tuple[QuestionPayload, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobPostLocationPayload(Record):
    """A place of a job post. `type` (free_text, office, custom_list) says which of the three holds it."""

    job_post_id: int | None = None
    type: str | None = None
    plain_text_location: str | None = None
    office_id: int | None = None
    custom_location_id: int | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustomLocationPayload(Record):
    """An entry of a job board's own list of locations; inactive ones still resolve old posts."""

    value: str = ""
    active: bool = True
    greenhouse_job_board_id: int | None = None


@dataclass(frozen=True, slots=True)
class JobBoardPayload(Record):
    """A place where posts are published; none of its posts is live unless its `status` is."""

    company_name: str = ""
    url_token: str = ""
    internal: bool = False
    status: str = ""


@dataclass(frozen=True, slots=True)
class DepartmentPayload(Record):
    """A node of the department tree."""

    name: str = ""
    parent_id: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class OfficePayload(Record):
    """A node of the office tree; `location` is free text."""

    name: str = ""
    location: str | None = None
    parent_id: int | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class PayInputPayload(Record):
    """What a pay range is of, such as the salary or the bonus; the smallest `priority` is the main one."""

    title: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class PayRangePayload(Record):
    """A pay range of a job post, in hundredths of its currency; 0 to 0 when never filled in."""

    job_post_id: int
    pay_input_id: int | None = None
    currency_type: str = ""
    min_cents: int = 0
    max_cents: int = 0


# The people who work in Greenhouse


@dataclass(frozen=True, slots=True, repr=False)
class UserPayload(Record):
    """A Greenhouse user; service users have an empty `primary_email`."""

    deactivated: bool
    site_admin: bool
    primary_email: str = ""
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    emails: tuple[str, ...] = ()
    job_title: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class UserEmailPayload(Record):
    """An e-mail address of a user, primary or not."""

    user_id: int
    email: str
    verified: bool = False


# Candidates and what hangs on them


class ContactPayload(NamedTuple):
    """An e-mail address, phone number, postal or web address; `type` is its kind, such as work or home."""

    value: str
    type: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class CandidatePayload(Record):
    """A person. Read as `private`, written as `is_private`. An update replaces each contact list."""

    first_name: str | None = None
    last_name: str | None = None
    preferred_name: str | None = None
    company: str | None = None
    title: str | None = None
    private: bool = False
    can_email: bool = True
    email_addresses: tuple[ContactPayload, ...] = ()
    phone_numbers: tuple[ContactPayload, ...] = ()
    addresses: tuple[ContactPayload, ...] = ()
    website_addresses: tuple[ContactPayload, ...] = ()
    social_media_addresses: tuple[ContactPayload, ...] = ()
    tags: tuple[str, ...] = ()
    linked_user_ids: tuple[int, ...] = ()
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    last_activity_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApplicationPayload(Record):
    """A candidate on one job, or a prospect. `status` reads in_process, rejected, hired or converted.

    Shape: `stage_id` was measured to be an application stage, not an interview stage, so only
    `job_interview_stage_id` says where the person stands, and it may be missing (contract 6.7).
    """

    candidate_id: int
    status: str
    job_id: int | None = None
    job_post_id: int | None = None
    source_id: int | None = None
    referrer_id: int | None = None
    recruiter_id: int | None = None
    coordinator_id: int | None = None
    prospect: bool = False
    prospective_job_ids: tuple[int, ...] = ()
    stage_id: int | None = None
    stage_name: str | None = None
    job_interview_stage_id: int | None = None
    rejection_reason_id: int | None = None
    rejected_at: datetime | None = None
    last_activity_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AttachmentPayload(Record):
    """A file on an application. `url` is signed and dies after 7 days: use it at once, never store it."""

    application_id: int
    filename: str
    type: str
    candidate_id: int | None = None
    url: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class NotePayload(Record):
    """An entry of the activity feed; read `type` and `visibility` have other words than the written ones."""

    candidate_id: int | None = None
    application_id: int | None = None
    user_id: int | None = None
    type: str | None = None
    subject: str | None = None
    body: str | None = None
    visibility: str | None = None
    created_at: datetime | None = None


# Following an application


@dataclass(frozen=True, slots=True)
class InterviewStagePayload(Record):
    """A step of a job's hiring plan; inactive ones stay so that old history resolves."""

    job_id: int
    name: str
    sort_order: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class ApplicationStagePayload(Record):
    """One step of one application; steps not reached yet have no `entered_at`."""

    application_id: int
    job_interview_stage_id: int
    current: bool
    entered_at: datetime | None = None
    exited_at: datetime | None = None


class RejectionReasonTypePayload(NamedTuple):
    """Who ended it: `key` is WE_REJECTED_THEM, THEY_REJECTED_US, NONE_SPECIFIED or SECURITY_CONCERN."""

    key: str
    id: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RejectionReasonPayload(Record):
    """A reason of the organisation's own list."""

    name: str
    type: RejectionReasonTypePayload | None = None


@dataclass(frozen=True, slots=True)
class RejectionDetailPayload(Record):
    """Why and when one application was rejected."""

    application_id: int
    rejection_reason_id: int | None = None
    rejected_by_id: int | None = None
    rejection_note_id: int | None = None
    rejected_at: datetime | None = None


class SourceTypePayload(NamedTuple):
    """The sourcing strategy a source rolls up to."""

    name: str | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class SourcePayload(Record):
    """Where applications come from; the API cannot create one."""

    name: str
    type: SourceTypePayload | None = None


@dataclass(frozen=True, slots=True)
class ReferrerPayload(Record):
    """Who can get the credit for an application; `user_id` is None for somebody who is no user."""

    name: str | None = None
    user_id: int | None = None


# Prospects


@dataclass(frozen=True, slots=True)
class ProspectPoolPayload(Record):
    """A pool that prospects are kept in."""

    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class ProspectPoolStagePayload(Record):
    """A stage of a pool."""

    prospect_pool_id: int
    name: str
    sort_order: int = 0


@dataclass(frozen=True, slots=True)
class ProspectDetailPayload(Record):
    """Where a prospect's application stands: its pool and stage, if it is in one."""

    application_id: int
    pool_id: int | None = None
    pool_stage_id: int | None = None


# What tells us


@dataclass(frozen=True, slots=True)
class WebhookPayload(Record):
    """One webhook of a partner: where one event is delivered. Its secret is never shown."""

    endpoint_url: str
    event_action_type: str
    deactivated: bool = False
