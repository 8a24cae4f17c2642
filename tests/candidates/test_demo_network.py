"""The demo's network: people who hang together, nobody real, and some who hide."""

import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from accounts.models import Employer
from candidates.demo.network import network
from candidates.models import Activity, Mark, Note, Profile, ProfileText, TermKind

_RESERVED = re.compile(r"(.+@)?(https://)?([\w-]+\.)*example(\.(org|net|com))?(/.*)?")


def test_the_network_is_300_people_none_alike_and_nobody_real() -> None:
    people = network()
    assert len(people) == len({each.email for each in people}) == len({each.name for each in people}) == 300
    summaries = [each.fields["summary"] for each in people]
    assert len(set(summaries)) == 300
    sentences = [sentence for text in summaries for sentence in re.split(r"(?<=[.?!]) ", text)]
    assert len(set(sentences)) == len(sentences), "no two people say the same"
    for each in people:
        links = [value for name, value in each.fields.items() if name.endswith("_url")]
        assert all(_RESERVED.fullmatch(address) for address in (each.email, *links)), each.email
        assert 4 <= len(each.names[TermKind.SKILL]) <= 6
        assert each.names[TermKind.LOCATION]


@pytest.mark.django_db
def test_load_demo_then_the_network_is_there_with_resumes_and_some_hidden_from_lumen(settings: Any) -> None:
    settings.DEBUG = True
    call_command("load_demo", stdout=io.StringIO())
    lumen = Employer.objects.get(slug="lumen-robotics")
    northwind = Employer.objects.get(slug="northwind-bikes")
    assert Profile.objects.visible_to(northwind).count() == 300
    assert Profile.objects.visible_to(lumen).count() == 295
    assert Profile.objects.filter(can_be_sent=False).count() == 7
    assert ProfileText.objects.count() == 300
    joined = Profile.objects.order_by("joined_at").values_list("joined_at", flat=True)
    assert len(set(joined)) == 300
    for profile in (having := Profile.objects.exclude(resume=None).select_related("resume__words", "candidate")):
        profile.full_clean()
        with profile.resume.file as file:
            assert profile.candidate.last_name in PdfReader(file).pages[0].extract_text()
        assert profile.current_title in profile.resume.words.text
    assert len(having) == 60
    met = {mark.candidate for mark in Mark.objects.select_related("candidate")}
    assert len(met) == 6
    assert Note.objects.filter(employer=lumen).count() == Activity.objects.filter(employer=lumen).count() == 2
    assert set(Profile.objects.visible_to(lumen).filter(candidate__in=met)) == set(
        Profile.objects.filter(candidate__in=met)
    )
