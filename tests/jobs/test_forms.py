import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Employer
from jobs.forms import JobForm
from jobs.models import Job
from jobs.services import save_job
from tests.factories import JobFactory

PAY = {
    "is_remote": True,
    "pay_min_cents": 5_200_050,
    "pay_max_cents": None,
    "pay_currency": "XXX",
    "pay_period": "hour",
}


def test_job_form_when_filled_then_gives_the_changes(db: None) -> None:
    form = JobForm({"title": " Engineer ", "location": "Berlin", "description": "Text"})
    assert form.is_valid()
    assert form.changes == {
        "title": "Engineer",
        "location": "Berlin",
        "is_remote": False,
        "department": "",
        "employment_type": "",
        "pay_min_cents": None,
        "pay_max_cents": None,
        "pay_currency": "",
        "pay_period": "year",
        "description": "Text",
    }


@pytest.mark.parametrize("title", ["", "   "])
def test_job_form_when_the_title_is_empty_then_says_so_and_keeps_the_rest(db: None, title: str) -> None:
    form = JobForm({"title": title, "location": "Berlin"})
    assert not form.is_valid()
    assert form.errors["title"] == ["Give the job a title."]
    assert 'value="Berlin"' in str(form["location"])


def test_job_form_when_opened_and_saved_untouched_then_nothing_changes(employer: Employer) -> None:
    job = JobFactory(employer=employer, description="<p>a &amp; b</p>\n<p>c&nbsp;d</p>", department="R&D", **PAY)
    opened = JobForm(instance=job)
    form = JobForm({name: opened[name].value() for name in opened.fields}, instance=job)
    assert form.is_valid()
    assert save_job(job=job, by=None, changes=form.changes) == []


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("52000", 5_200_000), ("52,000", 5_200_000), ("52 000\u00a0", 5_200_000), ("25.5", 2550), ("0", 0), ("", None)],
)
def test_job_form_when_pay_is_a_plain_number_then_counts_it_in_cents(db: None, typed: str, cents: int | None) -> None:
    form = JobForm({"title": "T", "pay_min_cents": typed, "pay_currency": "EUR"})
    assert form.is_valid(), form.errors
    assert form.changes["pay_min_cents"] == cents


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"pay_min_cents": "52k"}, "pay_min_cents", "Enter a plain number"),
        ({"pay_min_cents": "5,2"}, "pay_min_cents", "Enter a plain number"),
        ({"pay_min_cents": "-1"}, "pay_min_cents", "not negative"),
        ({"pay_min_cents": "NaN"}, "pay_min_cents", "Enter a plain number"),
        ({"pay_min_cents": "1e9"}, "pay_min_cents", ""),
        ({"pay_max_cents": "99999999999999999999"}, "pay_max_cents", "too l"),
        ({"pay_max_cents": "1.005"}, "pay_max_cents", "two digits after the point"),
        ({"pay_min_cents": "2", "pay_max_cents": "1"}, "pay_max_cents", "below the lowest"),
        ({"pay_min_cents": "2", "pay_currency": ""}, "pay_currency", "Choose the currency"),
        ({"pay_min_cents": "2", "pay_currency": "EURO"}, "pay_currency", "Select a valid choice"),
    ],
)
def test_job_form_when_pay_is_impossible_then_says_so_and_keeps_what_was_typed(
    db: None, typed: dict[str, str], field: str, words: str
) -> None:
    form = JobForm({"title": "T", "pay_currency": "EUR", **typed})
    if not words:  # another spelling of a number
        assert form.is_valid()
        return
    assert list(form.errors) == [field]
    assert words in form.errors[field][0]
    for name, value in typed.items():
        assert form[name].value() == value


def test_job_pages_when_remote_and_pay_are_filled_in_then_store_them_and_show_them_again(
    as_rita: Client, employer: Employer
) -> None:
    typed = {"title": "T", "is_remote": "on", "pay_min_cents": "25.50", "pay_currency": "EUR", "pay_period": "hour"}
    assert as_rita.post(reverse("job_new", args=[employer.slug]), typed).status_code == 302
    job = Job.objects.get()
    assert (job.is_remote, str(job.pay)) == (True, "from 25.50 EUR an hour")
    address = reverse("job_edit", args=[employer.slug, job.pk])
    assert 'value="25.50"' in as_rita.get(address).content.decode()
    assert as_rita.post(address, {**typed, "pay_min_cents": "", "pay_max_cents": "30"}).status_code == 302
    assert str(Job.objects.get().pay) == "up to 30 EUR an hour"
