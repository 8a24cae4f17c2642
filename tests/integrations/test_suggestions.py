"""Which post a job is suggested, and why."""

import pytest

from integrations.models import GreenhouseJob, GreenhouseJobPost
from integrations.suggestions import suggest, title_key
from jobs.models import Job


def _post(title: str = "Robot Tamer", location: str = "", department: str = "", path: str = "") -> GreenhouseJobPost:
    hiring = GreenhouseJob(name="Internal name", department=department, department_path=path)
    return GreenhouseJobPost(title=title, location=location, greenhouse_job=hiring)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Backend Engineer", "Engineer, Backend (m/f/d)"),
        ("Sr. Développeur", "senior  developpeur [H/F]"),
        ("Head of People & Culture", "Head of People and Culture"),
        ("Platform Engineer", "PLATFORM ENGINEER (all genders)"),
    ],
)
def test_title_key_when_only_the_writing_differs_is_the_same(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C Developer", "C++ Developer"), ("Engineer", "Senior Engineer"), ("Engineer I", "Engineer II")],
)
def test_title_key_when_the_role_differs_is_another(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (_post(), "the title is the same"),
        (_post(location="Berlin, Germany"), "the title and the location are the same"),
        (_post(location="Lyon · berlin"), "the title and the location are the same"),
        (_post(department="Robots"), "the title and the department are the same"),
        (
            _post(location="Berlin", path="Engineering › Robots"),
            "the title, the location and the department are the same",
        ),
    ],
)
def test_suggest_when_one_post_fits_says_why(post: GreenhouseJobPost, reason: str) -> None:
    job = Job(title="Robot Tamer", location="Berlin", department="Robots")
    found = suggest(job, [_post("Robot Trainer"), post])
    assert found is not None
    assert (found.post, found.reason) == (post, reason)


@pytest.mark.parametrize(
    "posts",
    [[], [_post("Robot Trainer")], [_post(location="Zurich")], [_post(), _post()], [_post("…")]],
)
def test_suggest_when_nothing_or_more_than_one_fits_is_silent(posts: list[GreenhouseJobPost]) -> None:
    assert suggest(Job(title="Robot Tamer", location="Berlin"), posts) is None
    assert suggest(Job(title="…"), posts) is None


def test_suggest_among_twins_prefers_place_and_then_department() -> None:
    job = Job(title="Robot Tamer", location="Berlin", department="Robots")
    far, near = _post(location="Zurich"), _post(location="Berlin", department="People")
    nearest = _post(location="Berlin", department="Robots")
    assert (found := suggest(job, [far, near]))
    assert found.post is near
    assert (found := suggest(job, [far, near, nearest]))
    assert found.post is nearest
