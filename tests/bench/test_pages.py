"""The benchmark of the pages that list jobs, small: CI notices when one of them asks more for more jobs."""

from dataclasses import replace

import pytest

from accounts.models import Employer
from bench import pages
from candidates.models import Candidate
from jobs.models import Job


@pytest.mark.django_db
def test_pages_when_run_small_ask_as_often_for_many_jobs_as_for_few() -> None:
    figures = pages.measure(few=60, many=180, rounds=1)
    assert figures.failures() == []
    assert list(figures.few) == list(figures.many) == list(pages.PAGES)
    assert all(0 < one.statements < 30 for one in figures.many.values()), figures.lines()
    assert len(figures.lines()) == 1 + len(pages.PAGES)
    assert not any(model.objects.exists() for model in (Employer, Job, Candidate)), "all taken away"


def test_pages_when_one_asks_more_says_which() -> None:
    few = {name: pages.Opened(8, 0.1) for name in pages.PAGES}
    figures = pages.Figures(few, {**few, "Jobs": replace(few["Jobs"], statements=58)})
    assert figures.failures() == ["Jobs asks the database 58 times with many jobs and 8 with few."]
