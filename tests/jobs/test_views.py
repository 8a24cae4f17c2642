from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.logos import Logo
from accounts.models import Employer
from accounts.services import set_logo
from jobs.models import Job, JobState
from jobs.posting import job_posting
from tests.accounts import pictures
from tests.factories import JobFactory


def company(employer: Employer) -> str:
    return reverse("company_page", args=[employer.slug])


@pytest.fixture
def jobs(employer: Employer) -> list[Job]:
    return [
        JobFactory(employer=employer, title="Robot engineer", department="Engineering", location="Berlin · Remote"),
        JobFactory(employer=employer, title="Firmware engineer", department="Engineering", location="Berlin"),
        JobFactory(employer=employer, title="Accountant", department="", location="Lisbon"),
        JobFactory(employer=employer, title="Hidden draft", state=JobState.DRAFT),
        JobFactory(employer=employer, title="Hidden off", state=JobState.OFF),
        JobFactory(employer=employer, title="Hidden closed", state=JobState.CLOSED),
        JobFactory(title="Of another employer"),
    ]


def test_company_page_when_open_to_anyone_then_shows_only_its_live_jobs(
    client: Client, employer: Employer, jobs: list[Job]
) -> None:
    html = client.get(company(employer)).content.decode()
    for job in jobs[:3]:
        assert job.title in html
        assert job.get_absolute_url() in html
    assert "Hidden" not in html
    assert "Of another" not in html
    assert "3 open jobs" in html
    assert html.index("Engineering</h3>") < html.index("Other</h3>")


def test_company_page_when_the_profile_is_filled_then_shows_and_escapes_it(client: Client, employer: Employer) -> None:
    Employer.objects.filter(pk=employer.pk).update(
        tagline="Robots <for> farms", about="One\n\nTwo", website="https://www.lumen.example/", headquarters="Berlin"
    )
    html = client.get(company(employer)).content.decode()
    assert "Robots &lt;for&gt; farms" in html
    assert "<p>One</p>" in html
    assert 'href="https://www.lumen.example/" rel="noopener nofollow">lumen.example</a>' in html
    assert "Headquarters" in html


def test_public_pages_when_the_employer_has_a_logo_then_show_it_and_name_it_to_others(
    client: Client, employer: Employer, settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    job = JobFactory(employer=employer, location="Berlin, Germany")
    before = client.get(company(employer))
    assert "og:image" not in before.text
    set_logo(employer=employer, logo=Logo("png", pictures.png()))
    logo = f"https://jobs.example{employer.logo_url}"
    for page in (company(employer), job.get_absolute_url()):
        html = client.get(page).text
        assert f'src="{employer.logo_url}" alt="Lumen Robotics"' in html
        assert f'<meta property="og:image" content="{logo}">' in html
    assert client.get(company(employer), headers={"If-None-Match": before["ETag"]}).status_code == 200
    posting = job_posting(job)
    assert posting is not None
    assert posting["hiringOrganization"]["logo"] == logo
    assert client.get(f"{company(employer)}jobs.json").json()["icon"] == logo
    assert f"<icon>{logo}</icon>" in client.get(f"{company(employer)}jobs.atom").text


def test_company_page_when_it_has_no_jobs_then_says_so(client: Client, employer: Employer) -> None:
    html = client.get(company(employer)).content.decode()
    assert "No open jobs right now" in html
    assert "<select" not in html


def test_company_page_when_the_employer_is_unknown_then_404(client: Client, db: None) -> None:
    assert client.get("/companies/nobody/").status_code == 404


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"department": "Engineering"}, ["Firmware engineer", "Robot engineer"]),
        ({"location": "Remote"}, ["Robot engineer"]),
        ({"location": "Berlin", "department": "Engineering"}, ["Firmware engineer", "Robot engineer"]),
        ({"location": "Lisbon", "department": ""}, ["Accountant"]),
        ({"location": "Lisbon", "department": "Engineering"}, []),
        ({"department": "<b>'"}, []),
    ],
)
def test_company_page_when_filtered_then_shows_what_fits(
    client: Client, employer: Employer, jobs: list[Job], query: dict[str, str], titles: list[str]
) -> None:
    response = client.get(company(employer), query)
    shown = [job.title for _, group in response.context["departments"] for job in group]
    assert sorted(shown) == titles
    html = response.content.decode()
    assert ("No open job fits this choice" in html) is (not titles)
    assert "<b>'" not in html
    assert f"{len(titles)} of 3" in html or not titles


def test_company_page_when_filtered_then_keeps_the_choice_and_the_one_address(
    client: Client, employer: Employer, jobs: list[Job], settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    html = client.get(company(employer), {"location": "Berlin"}).content.decode()
    assert '<option value="Berlin" selected>Berlin (2)</option>' in html
    assert f'<link rel="canonical" href="https://jobs.example{company(employer)}">' in html


def test_company_page_when_htmx_asks_then_sends_only_the_list(
    client: Client, employer: Employer, jobs: list[Job]
) -> None:
    piece = client.get(company(employer), {"location": "Lisbon"}, headers={"HX-Request": "true"})
    html = piece.content.decode()
    assert "Accountant" in html
    assert "<html" not in html
    assert "<select" not in html
    assert "HX-Request" in piece["Vary"]
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<html" in client.get(company(employer), headers=back).content


def test_company_page_when_jobs_grow_then_the_queries_do_not(
    client: Client, employer: Employer, jobs: list[Job], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        client.get(company(employer))
    for number in range(60):
        JobFactory(employer=employer, department=f"Department {number}", location="Berlin · Rome")
    for query in ({}, {"page": "2"}, {"location": "Rome", "remote": "no"}):
        with django_assert_num_queries(4):
            client.get(company(employer), query)


def test_lists_when_read_then_leave_the_long_fields_in_the_database(client: Client, employer: Employer) -> None:
    closed = JobFactory(employer=employer, state=JobState.CLOSED)
    JobFactory(employer=employer)
    for path in (company(employer), f"{company(employer)}jobs.json", f"{company(employer)}jobs.atom"):
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        assert not any('"questions"' in query["sql"] for query in asked)
    with CaptureQueriesContext(connection) as asked:
        client.get(closed.get_absolute_url())
    assert '"questions"' not in asked[1]["sql"]


def test_public_job_when_live_then_shows_it_with_its_way_to_apply(
    client: Client, employer: Employer, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    job = JobFactory(
        employer=employer,
        title="Robot <engineer>",
        description="<h3>You</h3><p>Build &amp; test.</p>",
        location="Berlin",
        department="Hardware",
        employment_type="Full-time",
    )
    with django_assert_num_queries(1):
        html = client.get(job.get_absolute_url()).content.decode()
    assert '<h1 dir="auto">Robot &lt;engineer&gt;</h1>' in html
    assert "<h3>You</h3><p>Build &amp; test.</p>" in html
    for text in ("Berlin", "Hardware", "Full-time", f'href="{reverse("apply", args=[employer.slug, job.pk])}">Apply'):
        assert text in html
    assert f'<link rel="canonical" href="https://jobs.example{job.get_absolute_url()}">' in html
    assert '<meta name="description" content="You Build &amp; test.">' in html
    assert '<meta property="og:title" content="Robot &lt;engineer&gt; at Lumen Robotics">' in html


@pytest.mark.parametrize("state", [JobState.DRAFT, JobState.OFF])
def test_public_job_when_not_public_then_404_even_for_members(
    client: Client, as_alice: Client, employer: Employer, state: JobState
) -> None:
    address = JobFactory(employer=employer, state=state).get_absolute_url()
    assert client.get(address).status_code == 404
    assert as_alice.get(address).status_code == 404


def test_public_job_when_closed_then_410_with_the_other_open_jobs(
    client: Client, employer: Employer, jobs: list[Job]
) -> None:
    response = client.get(jobs[5].get_absolute_url())
    html = response.content.decode()
    assert response.status_code == 410
    assert "This job is closed" in html
    assert "Robot engineer" in html
    assert "Hidden off" not in html
    assert "noindex" in html


def test_public_job_when_closed_and_nothing_else_is_open_then_says_so(client: Client, employer: Employer) -> None:
    response = client.get(JobFactory(employer=employer, state=JobState.CLOSED).get_absolute_url())
    assert response.status_code == 410
    assert b"Nothing else is open right now" in response.content


@pytest.mark.parametrize("pk", [999_999, 2**63, 10**30])
def test_public_job_when_the_number_is_unknown_or_huge_then_404(client: Client, employer: Employer, pk: int) -> None:
    assert client.get(f"/companies/{employer.slug}/jobs/{pk}/").status_code == 404


def test_public_job_when_asked_under_another_employer_then_404(
    client: Client, employer: Employer, other_employer: Employer
) -> None:
    job = JobFactory(employer=employer)
    assert client.get(reverse("public_job", args=[other_employer.slug, job.pk])).status_code == 404


def test_public_pages_when_posted_to_then_405(client: Client, employer: Employer) -> None:
    job = JobFactory(employer=employer)
    assert client.post(company(employer)).status_code == 405
    assert client.post(job.get_absolute_url()).status_code == 405


def test_company_page_when_filtered_by_remote_then_shows_only_those(client: Client, employer: Employer) -> None:
    JobFactory(employer=employer, title="From afar", is_remote=True, location="Berlin")
    JobFactory(employer=employer, title="At the bench", location="Berlin")
    html = client.get(company(employer)).content.decode()
    assert '<option value="yes" >Fully remote (1)</option>' in html
    for choice, title, other in (("yes", "From afar", "At the bench"), ("no", "At the bench", "From afar")):
        shown = client.get(company(employer), {"remote": choice, "location": "Berlin"}).content.decode()
        assert title in shown
        assert other not in shown
        assert "Showing 1 of 2 jobs" in shown


def test_company_page_when_jobs_are_many_then_comes_in_pages_with_their_own_addresses(
    client: Client, employer: Employer, settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    Job.objects.bulk_create(
        Job(employer=employer, title=f"Job {n:05}", department=f"D{n % 3}", location="Rome", state=JobState.LIVE)
        for n in range(10_000)
    )
    response = client.get(company(employer), {"page": "2"})
    html = response.content.decode()
    assert html.count('class="job-row"') == 50
    assert "10,000 open jobs" in html
    assert "(51–100 on this page)" in html
    assert f'<link rel="canonical" href="https://jobs.example{company(employer)}?page=2">' in html
    assert "?page=3" in html
    assert "Page 200 of 200" in client.get(company(employer), {"page": "99999"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"location": "a\x00b"}, {"department": "%"}, {"location": "_"}, {"remote": "maybe"}, {"page": "x"}]
)
def test_company_page_when_the_address_is_nonsense_then_still_answers(
    client: Client, employer: Employer, jobs: list[Job], query: dict[str, str]
) -> None:
    response = client.get(company(employer), query)
    assert response.status_code == 200
    if set(query) & {"department", "location"}:
        assert "No open job fits this choice" in response.content.decode()
    else:
        assert "Showing" not in response.content.decode()


def test_company_page_when_read_by_a_program_then_leads_to_its_feeds(client: Client, employer: Employer) -> None:
    html = client.get(company(employer)).content.decode()
    for kind, name in (("atom+xml", "jobs.atom"), ("feed+json", "jobs.json")):
        assert f'type="application/{kind}" title="Jobs at Lumen Robotics" href="{company(employer)}{name}"' in html


def test_company_page_when_filters_change_then_the_count_goes_with_the_list(
    client: Client, employer: Employer, jobs: list[Job]
) -> None:
    piece = client.get(company(employer), {"location": "Lisbon"}, headers={"HX-Request": "true"}).content.decode()
    assert '<p hx-swap-oob="innerHTML:#job-count">Showing 1 of 3 jobs' in piece
    assert "hx-swap-oob" not in client.get(company(employer)).content.decode()


def test_public_job_when_it_has_pay_place_and_language_then_shows_them(client: Client, employer: Employer) -> None:
    job = JobFactory(employer=employer, is_remote=True, pay_min_cents=5_000_000, pay_currency="EUR", language="zhHant")
    html = client.get(job.get_absolute_url()).content.decode()
    assert "Fully remote" in html
    assert "from 50,000 EUR a year" in html
    assert '<div class="advert" dir="auto" lang="zh-Hant">' in html
    assert '<h1 dir="auto" lang="zh-Hant">' in html
    assert 'class="job-row-title" dir="auto" lang="zh-Hant"' in client.get(company(employer)).text


def test_public_job_when_closed_and_much_else_is_open_then_shows_some_and_leads_to_all(
    client: Client, employer: Employer, django_assert_num_queries: Any
) -> None:
    closed = JobFactory(employer=employer, state=JobState.CLOSED)
    JobFactory.create_batch(30, employer=employer)
    with django_assert_num_queries(2):
        html = client.get(closed.get_absolute_url()).content.decode()
    assert html.count('class="job-row"') == 20
    assert "See all open jobs at Lumen Robotics" in html


@pytest.mark.parametrize("place", ["Berlin", "Rome", "Oslo"])
def test_company_page_when_a_job_is_in_several_places_then_each_finds_it(
    client: Client, employer: Employer, place: str
) -> None:
    JobFactory(employer=employer, title="Everywhere", location="Berlin · Rome · Oslo")
    JobFactory(employer=employer, title="Nowhere near", location=f"Not {place} · {place}ville")
    response = client.get(company(employer), {"location": place})
    assert [job.title for _, jobs in response.context["departments"] for job in jobs] == ["Everywhere"]
