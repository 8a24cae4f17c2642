"""The fields of a letter, such as {first_name}: put in as they are, once, and never run."""

import re
from collections.abc import Mapping

FIELDS = {
    "first_name": "the person's first name",
    "last_name": "the person's last name",
    "job": "the title of the job you choose",
    "job_link": "the address of that job's page",
    "company": "your company",
    "sender": "your name",
}
ABOUT_JOB = {"job", "job_link"}
_FIELD = re.compile(r"\{\s*([A-Za-z_]+)\s*\}")


def fields_in(text: str) -> set[str]:
    return {name.lower() for name in _FIELD.findall(text)}


def complaint(text: str) -> str:
    """Say which fields in a text do not exist; empty when all do."""
    unknown = sorted(fields_in(text) - FIELDS.keys())
    if not unknown:
        return ""
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    wrong = ", ".join(f"{{{name}}}" for name in unknown)
    return f"{wrong} is not a field. The fields are {known}."


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in for fields, in one pass: a value that looks like a field stays as it is."""
    return _FIELD.sub(lambda found: values.get(found[1].lower(), found[0]), text)
