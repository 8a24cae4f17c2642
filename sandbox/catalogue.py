"""The one table of collections: the fields each shows and the filters each list takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox import filters as by
from sandbox.exchange import unprocessable
from sandbox.filters import Filter
from sandbox.words import ATTACHMENT_TYPES, NOTE_TYPES, NOTE_VISIBILITIES

DATES = ("created_at", "updated_at")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True)
class Collection:
    name: str
    fields: tuple[str, ...]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    moments: tuple[str, ...] = ()  # date-time filters beside created_at and updated_at
    flags: tuple[str, ...] = ()  # parameters that change what is shown rather than what matches
    shaped: bool = False  # what is stored is not, byte for byte, what is shown

    @property
    def all_fields(self) -> tuple[str, ...]:
        return ("id", *DATES, *self.fields)


def _tree(*more: str) -> Collection:
    name = "offices" if more else "departments"
    return Collection(
        name,
        ("name", "parent_id", "external_id", *more),
        {"parent_id": by.one("parent_id"), "external_id": by.text("external_id")},
    )


_JOBS = Collection(
    "jobs",
    _words(
        "name requisition_id notes confidential status opened_at closed_at is_template "
        "copied_from_id department_id office_ids custom_fields"
    ),
    {
        "status": by.choice("status", "open", "draft", "closed"),
        "requisition_id": by.text("requisition_id"),
        "department_id": by.one("department_id"),
        "office_id": by.one("office_ids"),
        "confidential": by.flag("confidential"),
        "custom_field_option_id": by.custom_field_option(),
    },
    moments=("opened_at", "closed_at"),
)
_JOB_POSTS = Collection(
    "job_posts",
    _words(
        "title job_id job_board_id internal active live featured first_published_at content "
        "internal_content language public_url demographic_question_set_id questions"
    ),
    {
        "job_ids": by.ids("job_id"),
        "job_board_ids": by.ids("job_board_id"),
        "active": by.flag("active", default=True),
        "live": by.flag("live"),
        "internal": by.flag("internal"),
        "featured": by.flag("featured"),
    },
)
_USERS = Collection(
    "users",
    _words(
        "first_name last_name name primary_email emails job_title employee_id agency_id "
        "deactivated site_admin linked_candidate_ids office_ids department_ids interviewer_tags "
        "custom_fields"
    ),
    {
        "primary_email": by.emails("primary_email"),
        "deactivated": by.flag("deactivated"),
        "employee_ids": Filter(lambda _, __, text: lambda row: row.get("employee_id") in text.split(",")),
        "agency_ids": by.ids("agency_id"),
        "office_ids": by.ids("office_ids"),
        "department_ids": by.ids("department_ids"),
        "linked_candidate_ids": by.ids("linked_candidate_ids"),
        "interviewer_tag_ids": by.ids("_interviewer_tag_ids"),
        "custom_field_option_id": by.custom_field_option(),
        "external_office_id": by.related("office_ids", "offices", "external_id", str),
        "external_department_id": by.related("department_ids", "departments", "external_id", str),
        "show_service_accounts": Filter(
            lambda _, name, text: _shown_with("_service_account", name, text),
            default=lambda record: not record.get("_service_account"),
        ),
    },
    shaped=True,
)
_CANDIDATES = Collection(
    "candidates",
    _words(
        "first_name last_name preferred_name company title time_zone private can_email "
        "last_activity_at tags linked_user_ids phone_numbers addresses email_addresses "
        "website_addresses social_media_addresses custom_fields"
    ),
    {
        "email": by.emails("email_addresses"),
        "tag": by.member("tags"),
        "private": by.flag("private"),
        "custom_field_option_id": by.custom_field_option(),
    },
    moments=("last_activity_at",),
    shaped=True,
)
_APPLICATIONS = Collection(
    "applications",
    _words(
        "candidate_id job_id prospective_job_ids job_post_id source_id referrer_id recruiter_id "
        "coordinator_id agency_note_id prospect status stage_id stage_name job_interview_stage_id "
        "rejection_reason_id needs_decision rejected_at last_activity_at location_address answers "
        "custom_fields"
    ),
    {
        "candidate_ids": by.ids("candidate_id"),
        "job_ids": by.ids("job_id"),
        "prospective_job_ids": by.ids("prospective_job_ids"),
        "job_post_ids": by.ids("job_post_id"),
        "source_ids": by.ids("source_id"),
        "referrer_ids": by.ids("referrer_id"),
        # stage_id is the id of an application_stages row, so job stage ids match nothing here.
        "stage_ids": by.ids("stage_id"),
        "job_interview_stage_ids": by.ids("job_interview_stage_id"),
        "status": by.choice("status", "active", "rejected", "hired", "converted", said_as={"active": "in_process"}),
        "stage_name": by.text("stage_name"),
        "prospect": by.flag("prospect"),
        "custom_field_option_id": by.custom_field_option(),
    },
    moments=("last_activity_at",),
    shaped=True,
)
_ATTACHMENTS = Collection(
    "attachments",
    ("application_id", "candidate_id", "type", "filename", "url", "visibility"),
    {
        "application_ids": by.ids("application_id"),
        "candidate_ids": by.ids("candidate_id"),
        "type": by.choice("type", *ATTACHMENT_TYPES),
    },
    shaped=True,
)
_NOTES = Collection(
    "notes",
    _words(
        "candidate_id application_id user_id type subject body body_with_tags visibility "
        "email_from email_to email_cc email_attachment_file_names import_hash"
    ),
    {
        "candidate_ids": by.ids("candidate_id"),
        "application_ids": by.ids("application_id"),
        "user_ids": by.ids("user_id"),
        "type": by.choice("type", *NOTE_TYPES),
        "visibility": by.choice("visibility", *NOTE_VISIBILITIES.values()),
    },
)
_CUSTOM_FIELDS = Collection(
    "custom_fields",
    _words(
        "field_type name name_key value_type private required require_approval "
        "trigger_new_version active sort_order internal_type expose_in_job_board_api placeholder "
        "description application_type api_only use_for_job_approvals use_for_offer_approvals "
        "template_token_string default_value updated_by_id"
    ),
    {
        "field_type": by.text("field_type"),
        "active": by.flag("active"),
        "name": by.text("name"),
        "name_key": by.text("name_key"),
    },
)


def _shown_with(hidden_field: str, name: str, text: str) -> by.Test:
    """Show rows that are hidden by default when the parameter says true."""
    if text not in ("true", "false"):
        raise unprocessable({name: "must be boolean"})
    return lambda record: text == "true" or not record.get(hidden_field)


_SMALL = (
    Collection(
        "job_post_locations",
        ("job_post_id", "type", "plain_text_location", "office_id", "custom_location_id"),
        {
            "job_post_ids": by.ids("job_post_id"),
            "office_ids": by.ids("office_id"),
            "custom_location_ids": by.ids("custom_location_id"),
            "type": by.choice("type", "free_text", "office", "custom_list"),
            "plain_text_location": by.text("plain_text_location"),
        },
    ),
    Collection(
        "job_board_custom_locations",
        ("value", "active", "greenhouse_job_board_id"),
        {"greenhouse_job_board_ids": by.ids("greenhouse_job_board_id"), "active": by.flag("active")},
    ),
    Collection(
        "job_boards",
        ("company_name", "url_token", "internal", "status", "about", "introduction", "conclusion"),
        {
            "internal": by.flag("internal"),
            "live": by.choice("status", "true", "false", said_as={"true": "live", "false": "draft"}),
        },
    ),
    Collection(
        "user_emails",
        ("user_id", "email", "verified", "verification_token_sent_at"),
        {
            "email": by.emails("email", many=True),
            "user_ids": by.ids("user_id"),
            "verified": by.flag("verified"),
        },
        moments=("verification_token_sent_at",),
    ),
    Collection("sources", ("name", "type")),
    Collection("referrers", ("name", "user_id"), {"user_ids": by.ids("user_id")}),
    Collection(
        "job_interview_stages",
        ("job_id", "name", "sort_order", "active"),
        {"job_ids": by.ids("job_id"), "active": by.flag("active")},
    ),
    Collection(
        "application_stages",
        ("application_id", "job_interview_stage_id", "entered_at", "exited_at", "days_in_stage", "current"),
        {
            "application_ids": by.ids("application_id"),
            "job_interview_stage_ids": by.ids("job_interview_stage_id"),
            "current": by.flag("current"),
        },
        shaped=True,
    ),
    Collection("candidate_tags", ("name",)),
    Collection(
        "applied_candidate_tags",
        ("candidate_id", "candidate_tag_id"),
        {"candidate_ids": by.ids("candidate_id"), "candidate_tag_ids": by.ids("candidate_tag_id")},
    ),
    Collection(
        "custom_field_options",
        ("custom_field_id", "name", "external_id", "sort_order", "active"),
        {
            "custom_field_ids": by.ids("custom_field_id"),
            "active": by.flag("active"),
            "custom_field_key": by.related("custom_field_id", "custom_fields", "name_key", str),
        },
    ),
    Collection(
        "pay_inputs",
        ("title", "blurb", "priority", "locked", "linked_custom_field_id"),
        {"linked_custom_field_ids": by.ids("linked_custom_field_id")},
    ),
    Collection(
        "pay_input_ranges",
        ("pay_input_id", "job_post_id", "currency_type", "min_cents", "max_cents"),
        {"pay_input_ids": by.ids("pay_input_id"), "job_post_ids": by.ids("job_post_id")},
    ),
    Collection(
        "rejection_reasons",
        ("name", "type"),
        {
            "include_defaults": Filter(
                lambda _, name, text: _shown_with("_default", name, text),
                default=lambda record: not record.get("_default"),
            )
        },
        shaped=True,
    ),
    Collection(
        "rejection_details",
        _words(
            "application_id rejection_reason_id rejected_by_id rejection_note_id rejected_at question_custom_fields"
        ),
        {
            "application_ids": by.ids("application_id"),
            "rejection_reason_ids": by.ids("rejection_reason_id"),
            "custom_field_option_id": by.custom_field_option(),
        },
    ),
    Collection(
        "job_owners",
        ("job_id", "user_id", "type", "responsible"),
        {
            "job_ids": by.ids("job_id"),
            "user_ids": by.ids("user_id"),
            "type": by.choice("type", "sourcer", "recruiter", "coordinator"),
        },
    ),
    Collection(
        "job_hiring_managers",
        ("job_id", "user_id"),
        {"job_ids": by.ids("job_id"), "user_ids": by.ids("user_id")},
    ),
    Collection(
        "openings",
        _words(
            "job_id opening_id open sort_order opened_at closed_at target_start_on application_id "
            "close_reason_id custom_fields"
        ),
        {
            "job_ids": by.ids("job_id"),
            "application_ids": by.ids("application_id"),
            "close_reason_ids": by.ids("close_reason_id"),
            "open": by.flag("open"),
            "opening_id": by.text("opening_id"),
            "custom_field_option_id": by.custom_field_option(),
        },
        moments=("opened_at", "closed_at"),
    ),
    Collection("close_reasons", ("name",)),
    Collection(
        "prospect_pools",
        ("name", "active", "description", "department_ids", "office_ids", "job_ids"),
        {
            "department_ids": by.ids("department_ids"),
            "office_ids": by.ids("office_ids"),
            "job_ids": by.ids("job_ids"),
            "active": by.flag("active"),
        },
    ),
    Collection(
        "prospect_pool_stages",
        ("prospect_pool_id", "name", "sort_order"),
        {"prospect_pool_ids": by.ids("prospect_pool_id")},
    ),
    Collection(
        "prospect_details",
        ("application_id", "pool_id", "pool_stage_id", "prospect_owner_id", "department_id", "office_id"),
        {
            "application_ids": by.ids("application_id"),
            "pool_ids": by.ids("pool_id"),
            "pool_stage_ids": by.ids("pool_stage_id"),
            "prospect_owner_ids": by.ids("prospect_owner_id"),
            "department_ids": by.ids("department_id"),
            "office_ids": by.ids("office_id"),
        },
    ),
)
_WEBHOOKS = Collection(
    "webhooks",
    _words(
        "name endpoint_url event_action_type max_attempts additional_headers error_recipient_email "
        "deactivated last_delivered"
    ),
    shaped=True,
)
_TREES = (_tree(), _tree("location", "primary_in_house_contact_user_id"))
CATALOGUE: dict[str, Collection] = {
    collection.name: collection
    for collection in (
        _JOBS,
        _JOB_POSTS,
        *_TREES,
        _USERS,
        _CANDIDATES,
        _APPLICATIONS,
        _ATTACHMENTS,
        _NOTES,
        _CUSTOM_FIELDS,
        *_SMALL,
        _WEBHOOKS,
    )
}
