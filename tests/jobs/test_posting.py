"""What search engines read of a job, by Google's rules for JobPosting."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employer
from jobs.models import Job, JobState
from jobs.places import Place, read_place
from jobs.posting import VALID_AT_LEAST, employment_types, job_posting, valid_through
from tests.factories import JobFactory

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def posting_of(job: Job, client: Client) -> dict[str, Any]:
    found = SCRIPT.search(client.get(job.get_absolute_url()).content.decode())
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_job_page_when_all_is_known_then_says_it_to_search_engines(
    client: Client, employer: Employer, settings: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    Employer.objects.filter(pk=employer.pk).update(website="https://lumen.example/")
    published = timezone.now() - timedelta(days=3)
    job = JobFactory(
        employer=employer,
        title="Robot engineer",
        location="Berlin, Germany · Austin, TX",
        employment_type="Full-time",
        pay_min_cents=7_800_000,
        pay_max_cents=9_600_050,
        pay_currency="EUR",
        first_published_at=published,
    )
    posting = posting_of(job, client)
    valid_until = posting.pop("validThrough")
    assert valid_until > (timezone.now() + VALID_AT_LEAST).isoformat()
    amount = {"@type": "QuantitativeValue", "minValue": 78000, "maxValue": 96000.5, "unitText": "YEAR"}
    berlin = {"@type": "PostalAddress", "addressLocality": "Berlin", "addressCountry": "DE"}
    austin = {"@type": "PostalAddress", "addressLocality": "Austin", "addressRegion": "TX", "addressCountry": "US"}
    assert posting == {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": "Robot engineer",
        "description": "<p>Build robots.</p>",
        "identifier": {"@type": "PropertyValue", "name": "Lumen Robotics", "value": str(job.pk)},
        "datePosted": published.isoformat(timespec="seconds"),
        "hiringOrganization": {
            "@type": "Organization",
            "name": "Lumen Robotics",
            "sameAs": "https://lumen.example/",
        },
        "jobLocation": [{"@type": "Place", "address": berlin}, {"@type": "Place", "address": austin}],
        "directApply": True,
        "url": f"https://jobs.example{job.get_absolute_url()}",
        "employmentType": "FULL_TIME",
        "baseSalary": {"@type": "MonetaryAmount", "currency": "EUR", "value": amount},
    }


@pytest.mark.parametrize(
    ("location", "headquarters", "countries", "town"),
    [
        ("Remote (US)", "", "United States", None),
        ("Remote in Germany · Austria", "", ["Austria", "Germany"], None),
        ("Remote", "Berlin, Germany", "Germany", None),
        ("Anywhere", "", None, None),
        ("Lisbon, Portugal · Remote", "", "Portugal", "Lisbon"),
    ],
)
def test_job_posting_when_remote_then_names_the_countries(
    employer: Employer, location: str, headquarters: str, countries: Any, town: str | None
) -> None:
    employer.headquarters = headquarters
    posting = job_posting(JobFactory(employer=employer, location=location, is_remote=True))
    if countries is None:
        assert posting is None
        return
    assert posting is not None
    assert posting["jobLocationType"] == "TELECOMMUTE"
    named = posting["applicantLocationRequirements"]
    named = named if isinstance(named, list) else [named]
    assert [one["name"] for one in named] == (countries if isinstance(countries, list) else [countries])
    assert posting.get("jobLocation", {}).get("address", {}).get("addressLocality") == town


@pytest.mark.parametrize(
    ("location", "headquarters", "country"),
    [("Berlin", "Berlin, Germany", "DE"), ("", "Berlin, Germany", "DE"), ("Lisbon", "Berlin, Germany", None)],
)
def test_job_posting_when_the_place_has_no_country_then_takes_only_what_the_employer_says(
    employer: Employer, location: str, headquarters: str, country: str | None
) -> None:
    employer.headquarters = headquarters
    posting = job_posting(JobFactory(employer=employer, location=location))
    assert posting is not None
    assert posting["jobLocation"]["address"].get("addressCountry") == country


@pytest.mark.parametrize("lacks", [{"description": ""}, {"location": ""}, {"title": " "}])
def test_job_posting_when_google_would_refuse_it_then_there_is_none(employer: Employer, lacks: dict[str, str]) -> None:
    words = {"title": "T", "description": "<p>x</p>", "location": "Berlin, Germany"}
    assert job_posting(JobFactory(employer=employer, **words)) is not None
    assert job_posting(JobFactory(employer=employer, **{**words, **lacks})) is None


@pytest.mark.parametrize("state", [JobState.CLOSED, JobState.OFF])
def test_job_page_when_not_live_then_says_nothing_to_search_engines(
    client: Client, employer: Employer, state: JobState
) -> None:
    job = JobFactory(employer=employer, location="Berlin, Germany", state=state)
    assert b"ld+json" not in client.get(job.get_absolute_url()).content


def test_job_page_when_texts_try_to_leave_the_script_then_they_stay_text(client: Client, employer: Employer) -> None:
    title = "</script><script>alert(1)</script><!--&\u2028"
    job = JobFactory(employer=employer, title=title, location="Berlin, Germany")
    html = client.get(job.get_absolute_url()).content.decode()
    assert "<script>alert" not in html
    found = SCRIPT.search(html)
    assert found
    assert not set("<>&\u2028") & set(found[1])
    assert json.loads(found[1])["title"] == title


@pytest.mark.parametrize("age_days", [0, 29, 31, 61, 400])
def test_valid_through_when_the_job_is_old_but_live_then_lies_ahead_and_seldom_moves(db: None, age_days: int) -> None:
    now = timezone.now()
    job = Job(updated_at=now - timedelta(days=age_days))
    end = valid_through(job, now)
    assert now + VALID_AT_LEAST <= end <= now + timedelta(days=60)
    ends = {valid_through(job, now + timedelta(days=day)) for day in range(30)}
    assert len(ends) <= 2


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Full-time", ["FULL_TIME"]),
        ("Fulltime, permanent", ["FULL_TIME"]),
        ("Full time or part time", ["PART_TIME", "FULL_TIME"]),
        ("Internship", ["INTERN"]),
        ("Contract", ["CONTRACTOR"]),
        ("Werkstudent (m/w/d)", ["INTERN"]),
        ("Vibes", ["OTHER"]),
        ("", []),
    ],
)
def test_employment_types_when_given_any_words_then_are_of_googles_list(text: str, types: list[str]) -> None:
    assert employment_types(text) == types


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Berlin, Germany", Place("Berlin", "", "DE")),
        ("Berlin", Place("Berlin")),
        ("San Francisco, CA", Place("San Francisco", "CA", "US")),
        ("New York, New York, United States", Place("New York", "NY", "US")),
        ("New York", Place("New York")),
        ("Berlin, DE", Place("Berlin", "", "")),
        ("Tbilisi, Georgia", Place("Tbilisi", "", "GE")),
        ("Remote", Place()),
        ("Remote - US", Place("", "", "US")),
        ("Berlin or remote", Place("Berlin")),
        ("Hybrid (London, UK)", Place("London", "", "GB")),
        ("Europe", Place()),
        ("São Paulo, Brasil", Place("São Paulo", "", "BR")),
        (",,;()", Place()),
    ],
)
def test_read_place_when_given_a_text_then_tells_what_is_certain(text: str, place: Place) -> None:
    assert read_place(text) == place
