"""Who took whose place in Greenhouse: the surviving person of a merge, the new application of a prospect."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.contacts import Contacts
from integrations.greenhouse.schemas import ApplicationPayload, CandidatePayload
from integrations.greenhouse.sight import prove_sight
from integrations.models import Export


@dataclass(slots=True)
class Persons:
    """People by Greenhouse's id. Shape: `left` are those who are in the place of somebody who is gone."""

    asked: set[str] = field(default_factory=set)
    seen: dict[str, CandidatePayload] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    left: dict[str, CandidatePayload] = field(default_factory=dict)

    def is_gone(self, candidate_id: str) -> bool:
        """True for somebody who is neither there nor hidden, and in whose place nobody is."""
        return candidate_id in self.asked and candidate_id not in (self.seen | self.left) | dict.fromkeys(self.hidden)

    def current(self, candidate_id: str) -> CandidatePayload | None:
        return self.seen.get(candidate_id) or self.left.get(candidate_id)


def fetch_persons(client: GreenhouseClient, connection_id: int, exports: Iterable[Export]) -> Persons:
    """Ask about the people behind these exports, and by e-mail who is in the place of those who are gone.

    Effects: a request for 50 of them, and one for each address of somebody who is gone.
    Raises: Forbidden where we are shown nothing at all.
    """
    of = {export.candidate_remote_id: export for export in exports if export.candidate_remote_id}
    persons = Persons(asked=set(of))
    if not of:
        return persons
    found = client.fetch_candidates(of)
    persons.seen = {str(person.id): person for person in found.seen}
    missing = [remote_id for remote_id in of if remote_id not in persons.seen]
    if found.hidden:  # the answer does not say which of them
        persons.hidden = {remote_id for remote_id in missing if client.fetch_candidate(remote_id).hidden}
    elif missing and not persons.seen:
        prove_sight(client, connection_id)
    for remote_id in missing:
        if remote_id not in persons.hidden and (person := _by_email(client, of[remote_id])):
            persons.left[remote_id] = person
    return persons


def _by_email(client: GreenhouseClient, export: Export) -> CandidatePayload | None:
    """A merge keeps the addresses of both, so the survivor has ours. Of several, the newest."""
    for email in Contacts.of(export.application).emails:
        found = client.fetch_candidates_by_email(email)
        if found.seen:
            return max(found.seen, key=lambda person: person.id)
    return None


def successor(
    export: Export, old: ApplicationPayload | None, rows: Iterable[ApplicationPayload]
) -> ApplicationPayload | None:
    """Choose the application that is now in the place of a converted one, or of one that is no longer there.

    Shape: `rows` are all applications of the person. A converted prospect may be on any job; in the place of one that
    is gone only another on the same job can be.
    """
    wanted = {export.remote_job_id, export.greenhouse_job.remote_id if export.greenhouse_job else ""} - {""}
    if old:
        wanted |= {str(job_id) for job_id in old.prospective_job_ids}
    others = [row for row in rows if row.status != "converted" and str(row.id) != export.application_remote_id]
    on_job = [row for row in others if str(row.job_id) in wanted]
    if not on_job and old:
        on_job = [row for row in others if row.job_id and row.id > old.id]
    return max(on_job, key=lambda row: (row.status == "in_process", row.id), default=None)
