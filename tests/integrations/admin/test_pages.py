"""The operators' pages about integrations answer and tell what matters."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Employer
from integrations.models import (
    Connection,
    Export,
    FieldOverride,
    GreenhouseJobPost,
    SyncRun,
)
from integrations.problems import PROBLEMS
from tests.factories import ExportFactory
from tests.integrations.admin.planting import MODELS, list_of, page_of, plant, rows_of


def test_every_model_has_pages() -> None:
    assert all(admin.site.is_registered(model) for model in apps.get_app_config("integrations").get_models())


@pytest.mark.parametrize("model", MODELS)
def test_list_and_page_when_there_are_rows_then_answer(as_operator: Client, planted: Connection, model: str) -> None:
    listed = as_operator.get(list_of(model))
    assert listed.status_code == 200
    assert "Lumen Robotics" in listed.content.decode()
    rows = rows_of(model)
    assert rows
    for row in rows:
        html = as_operator.get(page_of(row)).content.decode()
        assert 'name="_save"' not in html


@pytest.mark.parametrize("model", MODELS)
def test_list_when_employers_double_then_asks_the_database_no_more(
    as_operator: Client, planted: Connection, other_employer: Employer, model: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            database,
        ) as seen:
            assert as_operator.get(list_of(model)).status_code == 200
        return len(seen)

    queries()  # the first fills Django's caches of content types
    few = queries()
    plant(other_employer)
    assert queries() == few


@pytest.mark.parametrize("model", MODELS)
def test_list_when_searched_then_finds_by_employer(
    as_operator: Client, planted: Connection, other_employer: Employer, model: str
) -> None:
    plant(other_employer)
    here = as_operator.get(list_of(model), {"q": "Lumen Robotics"}).context["cl"].queryset
    assert 0 < here.count() < len(rows_of(model))


def test_pages_when_a_problem_is_there_then_say_it_in_words(as_operator: Client, planted: Connection) -> None:
    problem = PROBLEMS["job_gone"]
    export = Export.objects.get()
    assert problem.title in as_operator.get(list_of("export")).content.decode()
    html = as_operator.get(page_of(export)).content.decode()
    assert all(words in html for words in (problem.title, problem.sentence, problem.next_step))


def test_pages_when_the_problem_is_of_another_release_then_still_answer(
    as_operator: Client, planted: Connection
) -> None:
    Export.objects.update(problem_code="of_tomorrow")
    assert "of_tomorrow" in as_operator.get(list_of("export")).content.decode()
    assert "of_tomorrow" in as_operator.get(page_of(Export.objects.get())).content.decode()


@pytest.mark.parametrize(("value", "found"), [("any", 1), ("job_gone", 1), ("data_refused", 0)])
def test_problem_filter_when_chosen_then_leaves_the_rows_with_it(
    as_operator: Client, planted: Connection, value: str, found: int
) -> None:
    ExportFactory(greenhouse_job=Export.objects.get().greenhouse_job)
    assert as_operator.get(list_of("export"), {"problem": value}).context["cl"].queryset.count() == found


def test_connection_page_then_leads_to_what_belongs_to_it(
    as_operator: Client, planted: Connection, other_employer: Employer
) -> None:
    plant(other_employer)
    form = as_operator.get(page_of(planted)).content.decode()
    for model in ("syncrun", "greenhousejobpost", "joblink", "export"):
        start = form.index(f"{list_of(model)}?")
        answer = as_operator.get(form[start : form.index('"', start)])
        assert answer.context["cl"].queryset.count() == 1


def test_sync_page_then_tells_how_far_it_came(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(page_of(SyncRun.objects.get())).content.decode()
    assert "73 %" in html
    assert "jobs: 2 pages<br>offices: 1 page, not done" in html
    assert "0:01:15" in html


def test_post_page_then_shows_the_text_without_its_scripts(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(page_of(GreenhouseJobPost.objects.get())).content.decode()
    assert "Care for <strong>robots</strong>." in html
    assert "alert(1)" not in html


def test_post_page_when_not_offered_then_tells_why_and_leads_to_our_job(
    as_operator: Client, planted: Connection
) -> None:
    GreenhouseJobPost.objects.update(is_live=False)
    post = GreenhouseJobPost.objects.get()
    html = as_operator.get(page_of(post)).content.decode()
    assert post.reason_not_offered in html
    assert f'<a href="{page_of(post.link.job)}">{post.link.job.title}</a>' in html


def test_post_page_when_the_address_is_no_web_address_then_is_no_link(as_operator: Client, planted: Connection) -> None:
    GreenhouseJobPost.objects.update(public_url="javascript:alert(2)")
    html = as_operator.get(page_of(GreenhouseJobPost.objects.get())).content.decode()
    assert "javascript:alert(2)" in html
    assert 'href="javascript' not in html


def test_location_list_then_names_the_place_of_the_right_kind(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(list_of("greenhousepostlocation")).content.decode()
    assert html.count("The office") == html.count("The custom_location") == 1


def test_name_list_then_names_the_parent(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(list_of("greenhousename")).content.decode()
    assert '<td class="field-parent_name">The office</td>' in html


def test_pages_of_jobs_and_posts_then_show_what_came_across(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(page_of(GreenhouseJobPost.objects.get())).content.decode()
    assert "Salary: 50,000–… EUR / year" in html
    assert "Which robot? (A line of text)" in html
    html = as_operator.get(page_of(GreenhouseJobPost.objects.get().greenhouse_job)).content.decode()
    assert "Contract: Part-time (contract)" in html


def test_link_page_then_shows_what_was_typed_over_and_by_whom(as_operator: Client, planted: Connection) -> None:
    override = FieldOverride.objects.get()
    html = as_operator.get(page_of(override.link)).content.decode()
    assert "typed over" in html.lower()
    assert str(override.by) in html
    assert "overrides-0-by" not in html, "nothing to type in"


def test_sync_page_then_names_what_could_not_be_read(as_operator: Client, planted: Connection) -> None:
    html = as_operator.get(page_of(SyncRun.objects.get())).content.decode()
    assert "job_posts 77 “Odd one”: title" in html
    assert "What has changed" in html
