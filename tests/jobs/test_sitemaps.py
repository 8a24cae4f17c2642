from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from accounts.models import Employer
from jobs import sitemaps
from jobs.models import JobState
from tests.factories import JobFactory

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.BASE_URL = "https://jobs.example"


def places(client: Client, path: str = "/sitemap.xml") -> list[str]:
    response = client.get(path)
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return [found.text or "" for found in ET.fromstring(response.content).findall(".//s:loc", SPACE)]


def test_sitemap_when_jobs_are_live_then_lists_them_and_their_employers(
    client: Client, employer: Employer, other_employer: Employer, django_assert_num_queries: Any
) -> None:
    job, other = JobFactory(employer=employer), JobFactory(employer=employer)
    JobFactory(employer=other_employer, state=JobState.OFF)
    with django_assert_num_queries(3):
        found = places(client)
    paths = [employer.get_absolute_url(), job.get_absolute_url(), other.get_absolute_url()]
    assert found == [f"https://jobs.example{path}" for path in paths]


def test_sitemap_when_it_would_be_long_then_is_an_index_of_parts(
    client: Client, employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "PAGES_PER_SITEMAP", 2)
    jobs = [JobFactory(employer=employer) for _ in range(5)]
    parts = places(client)
    assert parts == [f"https://jobs.example/sitemap-{part}.xml" for part in range(4)]
    listed = [place for part in parts for place in places(client, part.removeprefix("https://jobs.example"))]
    assert sorted(listed) == sorted(f"https://jobs.example{one.get_absolute_url()}" for one in (employer, *jobs))
    for beyond in (4, 10**30):
        assert client.get(f"/sitemap-{beyond}.xml").status_code == 404


def test_sitemap_when_there_is_nothing_then_is_valid(client: Client, db: None) -> None:
    assert places(client) == []
    etag = client.get("/sitemap.xml")["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": etag}).status_code == 304


def test_robots_when_read_then_keeps_out_of_the_employers_area_and_names_the_sitemap(client: Client, db: None) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /employers/", "Disallow: /admin/", "Disallow: /accounts/"} <= set(lines)
    assert "Sitemap: https://jobs.example/sitemap.xml" in lines
    assert not any(line == "Disallow: /" or line.startswith("Disallow: /companies/ ") for line in lines)
