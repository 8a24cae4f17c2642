"""Picking somebody of the network: from the profile, once, and only whom the employer may see."""

import pytest

from accounts.models import Employer, User
from candidates.models import Application, EventKind, HiddenFrom, Profile
from candidates.sourcing import NotInNetwork, source
from jobs.models import Job
from tests.factories import ApplicationFactory, CandidateFactory, DocumentFactory, JobFactory, ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile() -> Profile:
    made = ProfileFactory(
        current_title="Engineer", current_company="Orbit", summary="Robots.", github_url="https://github.com/ada"
    )
    made.resume = DocumentFactory(candidate=made.candidate)
    made.save()
    return made


@pytest.fixture
def job(employer: Employer) -> Job:
    return JobFactory(employer=employer, title="Robotics Engineer")


def test_source_makes_an_application_from_the_profile(
    employer: Employer, rita: User, profile: Profile, job: Job
) -> None:
    made = source(employer=employer, candidate=profile.candidate, job=job, by=rita)
    assert (made.name, made.email) == (profile.candidate.name, profile.candidate.email)
    assert (made.current_title, made.current_company, made.note) == ("Engineer", "Orbit", "Robots.")
    assert made.links == [{"kind": "github", "url": "https://github.com/ada"}]
    assert (made.is_sourced, made.resume, made.phone) == (True, profile.resume, "")
    line = made.timeline.get()
    assert (line.kind, line.actor, line.text) == (
        EventKind.SOURCED,
        rita,
        "Picked from the network for Robotics Engineer",
    )


def test_source_twice_finds_the_first(employer: Employer, rita: User, profile: Profile, job: Job) -> None:
    first = source(employer=employer, candidate=profile.candidate, job=job, by=rita)
    assert source(employer=employer, candidate=profile.candidate, job=job, by=rita) == first
    assert source(employer=employer, candidate=profile.candidate, job=None, by=rita) == first
    assert first.timeline.count() == 1


def test_source_when_they_applied_keeps_what_they_wrote(
    employer: Employer, rita: User, profile: Profile, job: Job
) -> None:
    applied = ApplicationFactory(candidate=profile.candidate, job=job, note="Mine.")
    assert source(employer=employer, candidate=profile.candidate, job=job, by=rita) == applied
    assert Application.objects.get().note == "Mine."


def test_source_when_hidden_or_not_in_the_network_refuses(employer: Employer, rita: User, profile: Profile) -> None:
    HiddenFrom.objects.create(profile=profile, name="lumen-robotics.com", key="lumenrobotics")
    for candidate in (profile.candidate, CandidateFactory()):
        with pytest.raises(NotInNetwork):
            source(employer=employer, candidate=candidate, job=None, by=rita)
    assert not Application.objects.exists()


def test_source_for_another_employers_job_refuses(employer: Employer, rita: User, profile: Profile) -> None:
    with pytest.raises(ValueError, match="another employer"):
        source(employer=employer, candidate=profile.candidate, job=JobFactory(), by=rita)


def test_visible_to_leaves_out_whom_we_picked_and_who_hides_now(
    employer: Employer, rita: User, profile: Profile, job: Job
) -> None:
    picked = source(employer=employer, candidate=profile.candidate, job=None, by=rita)
    from_greenhouse = ApplicationFactory(employer=employer, job=job, origin="sourced")
    assert set(Application.objects.visible_to(employer)) == {picked, from_greenhouse}
    Profile.objects.update(is_listed=False)
    assert set(Application.objects.visible_to(employer)) == {from_greenhouse}
    applied = ApplicationFactory(candidate=profile.candidate, job=job)
    assert set(Application.objects.visible_to(employer)) == {from_greenhouse, applied}
