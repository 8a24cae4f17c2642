"""Is this person in Greenhouse already? Certainly, perhaps, or not: by what we know, by e-mail, by other marks.

Greenhouse looks people up by e-mail alone (contract §6.6). For everything else we keep the marks of recent people
(`recent.py`), and whoever has one is read from Greenhouse before we believe it. Nothing is written here, to Greenhouse
or to our rows, so that a preview may ask, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from candidates.models import Application
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.contacts import Contacts
from integrations.greenhouse.schemas import CandidatePayload
from integrations.matching import Evidence, Traits, evidence
from integrations.models import (
    Connection,
    GreenhouseJob,
    GreenhousePerson,
    PossibleDuplicate,
    RemoteIdentity,
    Verdict,
    digest_of,
)

MOST_SUSPECTS = 20  # a switchboard's number stands on hundreds of people; nobody would compare them all


@dataclass(frozen=True, slots=True)
class Suspect:
    """Somebody who may be the same person. Shape: `person` is None for one whom we may not see."""

    remote_id: str
    evidence: list[Evidence]
    person: CandidatePayload | None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: somebody `certain`, else the `unsure` ones, else nobody.

    Shape: with `is_hidden` somebody certain is there whom we may not see. `is_known` tells that we had sent this very
    person before or a recruiter had decided, not that an e-mail address was found. `gone` are those we knew who are
    there no more, `chosen_is_gone` tells that a recruiter had decided for one of them; only with proven sight
    (`sight.py`) does their absence mean anything, or that of everybody.
    """

    certain: CandidatePayload | None = None
    unsure: tuple[Suspect, ...] = ()
    is_hidden: bool = False
    is_known: bool = False
    gone: tuple[str, ...] = ()
    chosen_is_gone: bool = False


def find_person(
    client: GreenhouseClient, *, connection: Connection, application: Application, greenhouse_job: GreenhouseJob | None
) -> Found:
    """Look for the person of an application.

    Effects: one request for whom we know, else one for each e-mail address; one more for somebody with the same marks,
        or to tell several with one address apart.
    Raises: what reading raises.
    """
    verdicts = _verdicts(connection, application)
    others = {remote_id for remote_id, verdict in verdicts.items() if verdict == Verdict.OTHER}
    chosen = [remote_id for remote_id, verdict in verdicts.items() if verdict == Verdict.SAME]
    gone: list[str] = []
    for remote_id in dict.fromkeys([*_remembered(connection, application, others), *chosen]):
        people = client.fetch_candidate(remote_id)
        if people.seen or people.hidden:
            return Found(next(iter(people.seen), None), is_hidden=not people.seen, is_known=True, gone=tuple(gone))
        gone.append(remote_id)
    left, is_hidden = _by_email(client, application, others)
    certain = _certain(client, left, greenhouse_job)
    unsure: tuple[Suspect, ...] = ()
    if certain is None and left:
        ours = Traits.of_application(application)
        unsure = tuple(Suspect(str(one.id), evidence(ours, Traits.of_person(one)), one) for one in left)
    elif certain is None and not is_hidden:
        unsure = _by_marks(client, connection, application, others | set(gone))
    is_hidden = is_hidden and not left
    return Found(certain, unsure, is_hidden, gone=tuple(gone), chosen_is_gone=not set(chosen).isdisjoint(gone))


def _verdicts(connection: Connection, application: Application) -> dict[str, str]:
    rows = PossibleDuplicate.objects.filter(connection=connection, candidate=application.candidate_id)
    return dict(rows.order_by("-decided_at").values_list("remote_id", "verdict"))


def _remembered(connection: Connection, application: Application, others: set[str]) -> list[str]:
    """Whom an earlier export of this e-mail found or made."""
    email = application.email.strip().lower()
    rows = GreenhousePerson.objects.filter(connection=connection, email=email).exclude(remote_id="")
    return [remote_id for remote_id in rows.values_list("remote_id", flat=True) if remote_id not in others]


def _by_email(
    client: GreenhouseClient, application: Application, others: set[str]
) -> tuple[list[CandidatePayload], bool]:
    """Everybody who has one of the addresses, newest first, and whether somebody has who is hidden from us."""
    seen: dict[int, CandidatePayload] = {}
    hidden = 0
    for email in Contacts.of(application).emails:
        people = client.fetch_candidates_by_email(email)
        seen |= {person.id: person for person in people.seen if str(person.id) not in others}
        hidden += people.hidden
    return [seen[remote_id] for remote_id in sorted(seen, reverse=True)], hidden > 0


def _certain(
    client: GreenhouseClient, people: list[CandidatePayload], greenhouse_job: GreenhouseJob | None
) -> CandidatePayload | None:
    """The only one; of several, the only one who is on this job."""
    if len(people) > 1 and greenhouse_job:
        rows = client.fetch_applications(
            candidate_ids=[person.id for person in people], job_ids=[greenhouse_job.remote_id]
        )
        on_job = {row.candidate_id for row in rows if row.status != "converted"}
        people = [person for person in people if person.id in on_job]
    return people[0] if len(people) == 1 else None


def _by_marks(
    client: GreenhouseClient, connection: Connection, application: Application, known: Iterable[str]
) -> tuple[Suspect, ...]:
    """Recent people with the same phone, profile, or name and company, as they are in Greenhouse now."""
    ours = Traits.of_application(application)
    digests = {digest_of(connection.pk, kind, mark): kind for kind, mark in ours.marks()}
    rows = RemoteIdentity.objects.filter(connection=connection, digest__in=digests).exclude(remote_id__in=list(known))
    marked: dict[str, set[Evidence]] = {}
    for remote_id, digest in rows.order_by("-active_at").values_list("remote_id", "digest"):
        if remote_id in marked or len(marked) < MOST_SUSPECTS:
            marked.setdefault(remote_id, set()).add(digests[digest])
    if not marked:
        return ()
    people = client.fetch_candidates(marked)
    suspects = [Suspect(str(one.id), evidence(ours, Traits.of_person(one)), one) for one in people.seen]
    if people.hidden:  # who of them it is, is not said; the others are gone
        seen = {str(person.id) for person in people.seen}
        unseen = {remote_id: kinds for remote_id, kinds in marked.items() if remote_id not in seen}
        suspects += [Suspect(remote_id, sorted(kinds), None) for remote_id, kinds in unseen.items()]
    return tuple(suspect for suspect in suspects if suspect.evidence)
