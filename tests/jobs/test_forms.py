import pytest

from accounts.models import Employer
from jobs.forms import JobForm
from jobs.services import save_job
from tests.factories import JobFactory


def test_job_form_when_filled_then_gives_the_changes(db: None) -> None:
    form = JobForm({"title": " Engineer ", "location": "Berlin", "description": "Text"})
    assert form.is_valid()
    assert form.changes == {
        "title": "Engineer",
        "location": "Berlin",
        "department": "",
        "employment_type": "",
        "description": "Text",
    }


@pytest.mark.parametrize("title", ["", "   "])
def test_job_form_when_the_title_is_empty_then_says_so_and_keeps_the_rest(db: None, title: str) -> None:
    form = JobForm({"title": title, "location": "Berlin"})
    assert not form.is_valid()
    assert form.errors["title"] == ["Give the job a title."]
    assert 'value="Berlin"' in str(form["location"])


def test_job_form_when_opened_and_saved_untouched_then_nothing_changes(employer: Employer) -> None:
    job = JobFactory(employer=employer, description="<p>a &amp; b</p>\n<p>c&nbsp;d</p>", department="R&D")
    opened = JobForm(instance=job)
    form = JobForm({name: opened[name].value() for name in opened.fields}, instance=job)
    assert form.is_valid()
    assert save_job(job=job, by=None, changes=form.changes) == []
