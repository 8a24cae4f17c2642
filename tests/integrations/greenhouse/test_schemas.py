"""The records of Greenhouse, read tolerantly where it is loose and refused by name where it is wrong."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.greenhouse import schemas
from integrations.greenhouse.parsing import WrongShape, parse_fitting, parse_moment, parse_record, parse_records
from tests.integrations.greenhouse.shapes import SHAPES, record, without

SCHEMAS: dict[str, type[schemas.Record]] = {
    "jobs": schemas.JobPayload,
    "job_posts": schemas.JobPostPayload,
    "job_post_locations": schemas.JobPostLocationPayload,
    "job_board_custom_locations": schemas.CustomLocationPayload,
    "departments": schemas.DepartmentPayload,
    "offices": schemas.OfficePayload,
    "pay_inputs": schemas.PayInputPayload,
    "pay_input_ranges": schemas.PayRangePayload,
    "users": schemas.UserPayload,
    "user_emails": schemas.UserEmailPayload,
    "candidates": schemas.CandidatePayload,
    "applications": schemas.ApplicationPayload,
    "application_stages": schemas.ApplicationStagePayload,
    "job_interview_stages": schemas.InterviewStagePayload,
    "attachments": schemas.AttachmentPayload,
    "notes": schemas.NotePayload,
    "rejection_reasons": schemas.RejectionReasonPayload,
    "rejection_details": schemas.RejectionDetailPayload,
    "sources": schemas.SourcePayload,
    "referrers": schemas.ReferrerPayload,
    "prospect_pools": schemas.ProspectPoolPayload,
    "prospect_pool_stages": schemas.ProspectPoolStagePayload,
    "prospect_details": schemas.ProspectDetailPayload,
}


def refusal(read: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(WrongShape) as caught:
        read()
    return caught.value.index, caught.value.field


# Every collection


@pytest.mark.parametrize("collection", SHAPES)
def test_record_when_documented_is_read_with_its_id(collection: str) -> None:
    parsed = parse_record(SCHEMAS[collection], record(collection, id=7_000_000_000))
    assert parsed.id == 7_000_000_000


@pytest.mark.parametrize("collection", SHAPES)
def test_record_when_it_has_an_unknown_field_ignores_it(collection: str) -> None:
    assert parse_record(SCHEMAS[collection], record(collection, brand_new={"a": 1})) == parse_record(
        SCHEMAS[collection], record(collection)
    )


@pytest.mark.parametrize("bad", ["7", 7.0, True, None, [7], {"id": 7}])
@pytest.mark.parametrize("collection", SHAPES)
def test_record_when_its_id_is_no_integer_is_refused(collection: str, bad: object) -> None:
    assert refusal(lambda: parse_record(SCHEMAS[collection], record(collection, id=bad))) == (0, "id")


@pytest.mark.parametrize("collection", SHAPES)
def test_record_when_its_id_is_missing_is_refused(collection: str) -> None:
    lacking = without(record(collection), "id")
    assert refusal(lambda: parse_record(SCHEMAS[collection], lacking)) == (0, "id")


@pytest.mark.parametrize("bad", [None, [], "text", 3])
def test_record_when_it_is_no_object_is_refused_as_a_whole(bad: object) -> None:
    assert refusal(lambda: parse_record(schemas.JobPayload, bad)) == (0, "")


@pytest.mark.parametrize(
    ("collection", "field"),
    [
        ("jobs", "name"),
        ("jobs", "status"),
        ("job_posts", "title"),
        ("job_posts", "internal"),
        ("job_posts", "active"),
        ("job_posts", "live"),
        ("users", "site_admin"),
        ("users", "deactivated"),
        ("user_emails", "user_id"),
        ("applications", "candidate_id"),
        ("applications", "status"),
        ("application_stages", "job_interview_stage_id"),
        ("application_stages", "current"),
        ("attachments", "application_id"),
        ("attachments", "filename"),
        ("rejection_details", "application_id"),
        ("pay_input_ranges", "job_post_id"),
    ],
)
def test_record_when_a_field_we_steer_by_is_null_or_missing_is_refused(collection: str, field: str) -> None:
    schema = SCHEMAS[collection]
    assert refusal(lambda: parse_record(schema, record(collection, **{field: None}))) == (0, field)
    assert refusal(lambda: parse_record(schema, without(record(collection), field))) == (0, field)


# Values


def test_job_when_read_keeps_what_import_needs() -> None:
    job = parse_record(schemas.JobPayload, record("jobs"))
    assert (job.name, job.status, job.department_id) == ("Robotics Engineer (Berlin)", "open", 11)
    assert job.office_ids == (21, 22)
    assert job.custom_fields["employment_type"]["value"] == "Part-time"
    assert job.is_template is False
    assert job.opened_at == datetime(2026, 5, 5, 22, 36, 4, 296000, tzinfo=UTC)


def test_job_when_lists_and_maps_are_null_has_empty_ones_of_its_own() -> None:
    rows = [record("jobs", office_ids=None, custom_fields=None) for _ in range(2)]
    first, second = parse_records(schemas.JobPayload, rows)
    assert first.office_ids == ()
    assert first.custom_fields == {}
    assert first.custom_fields is not second.custom_fields


def test_post_when_read_has_its_questions_in_order() -> None:
    post = parse_record(schemas.JobPostPayload, record("job_posts"))
    first, second = post.questions
    assert (first.id, first.name, first.required, first.options) == (None, "first_name", True, ())
    assert (second.id, second.required, second.description) == (42, False, "<p>Today.</p>")
    assert [(option.id, option.label) for option in second.options] == [(1, "Yes"), (2, "No")]


def test_posts_when_each_has_other_questions_keep_their_own() -> None:
    question: list[Any] = SHAPES["job_posts"]["questions"]
    rows = [record("job_posts", questions=held) for held in ([], question, question[1:], None, question[:1])]
    posts = parse_records(schemas.JobPostPayload, rows)
    names = [[question.name for question in post.questions] for post in posts]
    assert names == [[], ["first_name", "question_42"], ["question_42"], [], ["first_name"]]


def test_candidate_when_read_has_contacts_tags_and_a_default_for_private() -> None:
    person = parse_record(schemas.CandidatePayload, record("candidates"))
    assert person.email_addresses == (schemas.ContactPayload("ada@example.com", "personal"),)
    assert person.social_media_addresses == (schemas.ContactPayload("https://social.example/ada", None),)
    assert person.tags == ("Purpose Jobs",)
    assert person.private is False


def test_application_when_the_interview_stage_is_missing_reads_none() -> None:
    application = parse_record(schemas.ApplicationPayload, record("applications"))
    assert (application.stage_id, application.job_interview_stage_id) == (500, None)
    full = record("applications", job_interview_stage_id=101, rejection_reason_id=111)
    assert parse_record(schemas.ApplicationPayload, full).job_interview_stage_id == 101
    assert parse_record(schemas.ApplicationPayload, full).rejection_reason_id == 111


def test_user_when_it_is_a_service_account_has_no_email() -> None:
    user = parse_record(schemas.UserPayload, record("users", primary_email="", emails=None))
    assert (user.primary_email, user.emails) == ("", ())


def test_rejection_reason_when_read_tells_who_ended_it() -> None:
    reason = parse_record(schemas.RejectionReasonPayload, record("rejection_reasons"))
    assert reason.type is not None
    assert reason.type.key == "THEY_REJECTED_US"
    assert parse_record(schemas.RejectionReasonPayload, record("rejection_reasons", type=None)).type is None


@pytest.mark.parametrize("collection", ["users", "user_emails", "candidates", "attachments", "notes"])
def test_person_when_shown_in_a_log_is_only_an_id(collection: str) -> None:
    assert repr(parse_record(SCHEMAS[collection], record(collection, id=7))).endswith("Payload(id=7)")


# Odd records among good ones


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_parse_fitting_when_some_records_are_odd_keeps_the_others_and_names_those() -> None:
    rows = [
        record("job_posts", id=1),
        record("job_posts", id=2, title=None),
        record("job_posts", id="3", title="Text for an id"),
        record("job_posts", id=4, live="yes", title="x" * 1000),
        "no record",
        {},
        record("job_posts", id=5),
    ]
    fitting, misfits = parse_fitting(schemas.JobPostPayload, rows)
    assert [post.id for post in fitting] == [1, 5]
    assert [(one.id, one.title[:20], one.field) for one in misfits] == [
        ("2", "", "title"),
        ("3", "Text for an id", "id"),
        ("4", "x" * 20, "live"),
        ("", "", ""),
        ("", "", "id"),
    ]
    assert max(len(one.title) for one in misfits) == 200


@given(odd=st.lists(JSON, max_size=4))
def test_parse_fitting_when_any_json_stands_beside_a_record_reads_that_record(odd: list[Any]) -> None:
    fitting, misfits = parse_fitting(schemas.JobPostPayload, [*odd, record("job_posts", id=7)])
    assert [post.id for post in fitting] == [7]
    assert len(misfits) == len(odd)


# Times


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-05-05T22:00:00.000Z", 22),
        ("2026-05-05T22:00:00Z", 22),
        ("2026-05-05T22:00:00", 22),
        ("2026-05-05T22:00:00+00:00", 22),
        ("2026-05-05T18:00:00.000-04:00", 22),
        ("2026-05-05", 0),
    ],
)
def test_moment_when_written_any_known_way_is_aware_utc(text: str, hour: int) -> None:
    moment = parse_moment(text)
    assert moment == datetime(2026, 5, 5, hour, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("bad", ["", "soon", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", 1715000000, {}])
def test_moment_when_it_is_none_is_refused_by_name(bad: object) -> None:
    rows = [record("jobs"), record("jobs"), record("jobs", opened_at=bad)]
    assert refusal(lambda: parse_records(schemas.JobPayload, rows)) == (2, "opened_at")


# Names of what does not fit


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": 5}, "title"),
        ({"live": "true"}, "live"),
        ({"job_id": "81"}, "job_id"),
        ({"questions": {}}, "questions"),
        ({"questions": [None]}, "questions[0]"),
        ({"questions": [SHAPES["job_posts"]["questions"][0], {"label": 1}]}, "questions[1].label"),
        ({"questions": [{"label": "L", "name": "n", "answer_type": 1}]}, "questions[0].answer_type"),
    ],
)
def test_post_when_a_value_has_the_wrong_type_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    rows = [record("job_posts", questions=None), record("job_posts"), record("job_posts", **changes)]
    assert refusal(lambda: parse_records(schemas.JobPostPayload, rows)) == (2, field)


def test_post_when_an_option_deep_inside_is_wrong_is_refused_by_its_whole_way() -> None:
    broken = record("job_posts")
    broken["questions"][1]["options"][1]["label"] = 2
    rows = [record("job_posts"), record("job_posts", questions=None), broken, record("job_posts")]
    assert refusal(lambda: parse_records(schemas.JobPostPayload, rows)) == (2, "questions[1].options[1].label")


def test_job_when_an_office_id_is_wrong_after_nulls_is_refused_by_its_place() -> None:
    rows = [record("jobs", office_ids=held) for held in (None, [1], [], None, [2, "3"])]
    assert refusal(lambda: parse_records(schemas.JobPayload, rows)) == (4, "office_ids[1]")


def test_reason_when_its_type_lacks_the_key_is_refused_by_name() -> None:
    rows = [record("rejection_reasons", type=None), record("rejection_reasons", type={"id": 1})]
    assert refusal(lambda: parse_records(schemas.RejectionReasonPayload, rows)) == (1, "type.key")


@given(field=st.sampled_from(sorted(record("job_posts"))), value=JSON)
def test_post_when_any_field_holds_any_json_is_read_or_refused_under_its_name(field: str, value: Any) -> None:
    rows = [record("job_posts"), record("job_posts", **{field: value})]
    wrong = None
    try:
        parse_records(schemas.JobPostPayload, rows)
    except WrongShape as refused:
        wrong = refused
    assert wrong is None or (wrong.index, wrong.field.partition(".")[0].partition("[")[0]) == (1, field)


@given(value=JSON)
def test_record_when_it_is_any_json_is_read_or_refused(value: Any) -> None:
    with pytest.raises(WrongShape):
        parse_record(schemas.JobPostPayload, value)


def test_page_of_posts_when_read_makes_no_call_per_question() -> None:
    rows = [record("job_posts", id=number) for number in range(100)]
    parse_records(schemas.JobPostPayload, rows)
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        parse_records(schemas.JobPostPayload, rows)
    finally:
        sys.setprofile(None)
    # A post is one object and three points in time; all else is a fixed number of calls for the page.
    assert calls < 4 * len(rows) + 150
