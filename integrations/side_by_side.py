"""The duplicate desk's two columns: our person and somebody in Greenhouse, with what they share marked."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from candidates.models import Application
from integrations.checkup import CheckFailed, not_now
from integrations.consent import has_private_email
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse.contacts import email_key
from integrations.greenhouse.errors import GreenhouseError
from integrations.greenhouse.schemas import ApplicationPayload, CandidatePayload
from integrations.matching import company_trait, name_trait, phone_trait, profile_trait
from integrations.models import Connection, GreenhouseJob, PossibleDuplicate
from integrations.problems import PROBLEMS, Problem

log = logging.getLogger(__name__)

MOST_APPLICATIONS = 10
_STATUS = {"in_process": "active", "converted": "converted"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One value, and whether the other side has it, too."""

    text: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that both sides may know, in both columns."""

    label: str
    ours: list[Entry]
    theirs: list[Entry]


@dataclass(frozen=True, slots=True)
class TheirApplication:
    """Where they are in Greenhouse."""

    job: str
    stage: str
    status: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Our person beside one of Greenhouse. Shape: `person` is None for one who is hidden, gone, or was not read."""

    suspect: PossibleDuplicate
    url: str
    person: CandidatePayload | None
    name: str
    lines: list[Line]
    applications: list[TheirApplication]
    more_applications: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All who may be the person, and why they could not be read, if so."""

    pairs: list[Pair]
    problem: Problem | None


def compare(*, connection: Connection, application: Application, suspects: Sequence[PossibleDuplicate]) -> Comparison:
    """Lay the person of an application beside each of these, as they are in Greenhouse now.

    Effects: two requests. Without an answer the page still says what is known, and why there is no more.
    """
    people: dict[str, CandidatePayload] = {}
    applications: list[ApplicationPayload] = []
    problem = None
    try:
        people, applications = _read(connection, [suspect.remote_id for suspect in suspects])
    except CheckFailed as exc:
        problem = exc.problem
    names = _names_of_jobs(connection, applications)
    pairs = [_pair(application, one, people.get(one.remote_id), applications, names) for one in suspects]
    return Comparison(pairs, problem)


def _read(
    connection: Connection, remote_ids: list[str]
) -> tuple[dict[str, CandidatePayload], list[ApplicationPayload]]:
    """Raises: CheckFailed."""
    if not connection.is_active:
        raise CheckFailed(connection.problem_code if connection.problem_code in PROBLEMS else "connect_unavailable")
    try:
        client = client_for(connection)
        people = {str(person.id): person for person in client.fetch_candidates(remote_ids).seen}
        return people, client.fetch_applications(candidate_ids=people)
    except DecryptionError as exc:
        raise CheckFailed("secret_unreadable") from exc
    except GreenhouseError as exc:
        raise not_now(exc) from exc


def _names_of_jobs(connection: Connection, applications: Iterable[ApplicationPayload]) -> dict[int, str]:
    ids = {str(row.job_id) for row in applications if row.job_id}
    rows = GreenhouseJob.objects.filter(connection=connection, remote_id__in=ids)
    return {int(remote_id): name for remote_id, name in rows.values_list("remote_id", "name")}


def _pair(
    application: Application,
    suspect: PossibleDuplicate,
    person: CandidatePayload | None,
    applications: Iterable[ApplicationPayload],
    names: dict[int, str],
) -> Pair:
    theirs = [row for row in applications if str(row.candidate_id) == suspect.remote_id]
    theirs.sort(key=lambda row: (row.status == "in_process", row.id), reverse=True)
    return Pair(
        suspect=suspect,
        url=f"{settings.GREENHOUSE_APP_URL}/people/{suspect.remote_id}",
        person=person,
        name=_name(person) if person else "",
        lines=_lines(application, person) if person else [],
        applications=[_application(row, names) for row in theirs[:MOST_APPLICATIONS]],
        more_applications=max(0, len(theirs) - MOST_APPLICATIONS),
    )


def _application(row: ApplicationPayload, names: dict[int, str]) -> TheirApplication:
    if row.job_id is None:
        job = "Prospect, on no job"
    else:
        job = names.get(row.job_id, f"Job {row.job_id}")
    return TheirApplication(job, row.stage_name or "", _STATUS.get(row.status, row.status), row.created_at)


def _lines(ours: Application, theirs: CandidatePayload) -> list[Line]:
    links = (*theirs.social_media_addresses, *theirs.website_addresses)
    lines = [
        _line("Name", [ours.name], [_name(theirs)], name_trait),
        _line("Email", _emails(ours, theirs), [one.value for one in theirs.email_addresses], email_key),
        _line("Phone", [ours.phone, *ours.other_phones], [one.value for one in theirs.phone_numbers], phone_trait),
        _line("Links", [link["url"] for link in ours.links], [one.value for one in links], profile_trait),
        _line("Company", [ours.current_company], [theirs.company or ""], company_trait),
        _line("Title", [ours.current_title], [theirs.title or ""], name_trait),
    ]
    return [line for line in lines if line.ours or line.theirs]


def _emails(ours: Application, theirs: CandidatePayload) -> list[str]:
    """Ours; but of somebody of the network only those that the employer's Greenhouse has."""
    emails = [ours.email, *ours.other_emails]
    if not has_private_email(ours):
        return emails
    there = {email_key(one.value) for one in theirs.email_addresses}
    return [email for email in emails if email_key(email) in there]


def _line(label: str, ours: list[str], theirs: list[str], trait: Callable[[str], str]) -> Line:
    """The values of both sides; those are the same that are one however they are written."""
    shared = ({trait(text) for text in ours} & {trait(text) for text in theirs}) - {""}
    columns = [[Entry(text, trait(text) in shared) for text in side if text.strip()] for side in (ours, theirs)]
    return Line(label, *columns)


def _name(person: CandidatePayload) -> str:
    name = " ".join(filter(None, (person.first_name, person.last_name)))
    preferred = person.preferred_name if person.preferred_name not in (None, "", person.first_name) else ""
    return f"{name} ({preferred})" if preferred else name
