"""The edit page of a job as a browser would send it back."""

from typing import Any

from django.test import Client
from django.utils.datastructures import MultiValueDict

from jobs.models import Job

BASE = "/employers/lumen-robotics/jobs/"


def address_of(job: Job) -> str:
    return f"{BASE}{job.pk}/edit/"


def opened(client: Client, job: Job) -> dict[str, Any]:
    """Open the page and return what its form holds, untouched."""
    return shown(client.get(address_of(job)))


def shown(answer: Any) -> dict[str, Any]:
    """What the form of an answer holds, as a browser would send it: no box that is not ticked."""
    context = answer.context
    fields = {
        field.html_name: field.value() for form in (context["form"], context["sending"]) if form for field in form
    }
    fields["greenhouse_post"] = context["chosen"]
    return {name: "" if value is None else value for name, value in fields.items() if value is not False}


def as_typed(data: dict[str, Any]) -> MultiValueDict[str, Any]:
    return MultiValueDict({name: [value] for name, value in data.items()})
