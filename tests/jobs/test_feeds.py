import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employer
from jobs import feeds
from jobs.models import JobState
from tests.factories import JobFactory

ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = ("jobs_atom", "jobs_json")


def feed(client: Client, employer: Employer, name: str, **headers: str) -> Any:
    return client.get(reverse(name, args=[employer.slug]), headers=headers)


def test_atom_when_jobs_are_live_then_lists_them_newest_first(
    client: Client, employer: Employer, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    now = timezone.now()
    old = JobFactory(employer=employer, title="Old", live_since=now - timedelta(days=9))
    new = JobFactory(employer=employer, title="New <b>", language="de", live_since=now, description="<p>a &lt; b</p>")
    for state in (JobState.DRAFT, JobState.OFF, JobState.CLOSED):
        JobFactory(employer=employer, state=state)
    JobFactory()
    with django_assert_num_queries(3):
        response = feed(client, employer, "jobs_atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(response.content)
    assert root.findtext("a:title", namespaces=ATOM) == "Jobs at Lumen Robotics"
    entries = root.findall("a:entry", ATOM)
    assert [entry.findtext("a:title", namespaces=ATOM) for entry in entries] == ["New <b>", "Old"]
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in entries]
    assert ids == [f"https://jobs.example{job.get_absolute_url()}" for job in (new, old)]
    content = entries[0].find("a:content", ATOM)
    assert content is not None
    assert (content.text, content.get("type")) == ("<p>a &lt; b</p>", "html")
    assert entries[0].findtext("a:summary", namespaces=ATOM) == "a &lt; b"
    assert entries[0].get("{http://www.w3.org/XML/1998/namespace}lang") == "de"


def test_json_feed_when_jobs_are_live_then_follows_its_standard(
    client: Client, employer: Employer, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.BASE_URL = "https://jobs.example"
    job = JobFactory(
        employer=employer,
        title="Ingénieur",
        location="Berlin · Rome",
        department="Hardware",
        is_remote=True,
        pay_min_cents=100,
        pay_currency="EUR",
    )
    JobFactory(employer=employer, state=JobState.OFF)
    with django_assert_num_queries(3):
        response = feed(client, employer, "jobs_json")
    assert response["Content-Type"] == "application/feed+json"
    data = json.loads(response.content)
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["home_page_url"] == "https://jobs.example/companies/lumen-robotics/"
    assert data["feed_url"] == "https://jobs.example/companies/lumen-robotics/jobs.json"
    (item,) = data["items"]
    address = f"https://jobs.example{job.get_absolute_url()}"
    assert (item["id"], item["url"], item["title"]) == (address, address, "Ingénieur")
    assert item["content_html"] == "<p>Build robots.</p>"
    assert item["summary"] == "Berlin · Rome, Fully remote, Hardware, from 1 EUR a year – Build robots."
    assert item["_job"]["locations"] == ["Berlin", "Rome"]
    assert item["_job"]["apply_url"] == f"{address}apply/"


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_when_there_are_many_or_huge_jobs_then_stay_small(
    client: Client, employer: Employer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(feeds, "ENTRIES", 3)
    for _ in range(5):
        JobFactory(employer=employer, description=f"<p>{'x ' * 500_000}</p>")
    response = feed(client, employer, name)
    assert len(response.content) < 10_000
    assert response.content.count(b"<entry>") == 3 or len(json.loads(response.content)["items"]) == 3


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_when_texts_hold_what_xml_cannot_then_still_parse(client: Client, employer: Employer, name: str) -> None:
    JobFactory(employer=employer, title="A\x0b\ufffe]]>B", description="<p>\x1b&nbsp;</p>", department="\x02")
    body = feed(client, employer, name).content
    if name == "jobs_atom":
        assert ET.fromstring(body).findtext("a:entry/a:title", namespaces=ATOM) == "A]]>B"
    else:
        assert json.loads(body)["items"][0]["title"].startswith("A")


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_when_nothing_is_live_then_are_empty_and_valid(client: Client, employer: Employer, name: str) -> None:
    response = feed(client, employer, name)
    assert response.status_code == 200
    assert b"<entry>" not in response.content
    assert client.get(reverse(name, args=["nobody"])).status_code == 404


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_when_asked_again_then_304_until_something_changes(client: Client, employer: Employer, name: str) -> None:
    job = JobFactory(employer=employer)
    first = feed(client, employer, name)
    assert feed(client, employer, name, if_none_match=first["ETag"]).status_code == 304
    job.title = "Another title"
    job.save()
    assert feed(client, employer, name, if_none_match=first["ETag"]).status_code == 200
