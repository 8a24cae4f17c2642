"""Who took whose place in Greenhouse: the surviving person of a merge, the new application of a prospect."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone

from candidates.models import ApplicationStatus
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.contacts import Contacts
from integrations.greenhouse.schemas import ApplicationPayload, CandidatePayload
from integrations.greenhouse.sight import prove_sight
from integrations.models import Export

# People to a call: with as many again deleted at once, what was read is still written before the budget ends.
LOOK_UPS = 10
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Persons:
    """People by Greenhouse's id.

    Shape: `left` are those who are in the place of somebody who is gone; `hidden` those of whom nothing is known now.
    """

    asked: set[str] = field(default_factory=set)
    seen: dict[str, CandidatePayload] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    left: dict[str, CandidatePayload] = field(default_factory=dict)

    def is_gone(self, candidate_id: str) -> bool:
        """True for somebody who is neither there nor hidden, and in whose place nobody is."""
        return candidate_id in self.asked and candidate_id not in (self.seen | self.left) | dict.fromkeys(self.hidden)

    def current(self, candidate_id: str) -> CandidatePayload | None:
        return self.seen.get(candidate_id) or self.left.get(candidate_id)


def fetch_persons(
    client: GreenhouseClient, connection_id: int, exports: Iterable[Export], *, look_ups: int | None = None
) -> Persons:
    """Ask about the people behind these exports, and by e-mail who is in the place of those who are gone.

    Effects: a request for 50 of them, and one for each address of somebody who is gone now and was not before.
    Repeat: of more than `look_ups` who are not there, those looked for longest ago come first; the others, as if they
        were hidden, wait for the next call.
    Raises: Forbidden where we are shown nothing at all.
    """
    # Whoever is known to be gone in one place is looked for only because of another.
    known_first = sorted(exports, key=lambda export: export.status != ApplicationStatus.GONE)
    of = {export.candidate_remote_id: export for export in known_first if export.candidate_remote_id}
    persons = Persons(asked=set(of))
    if not of:
        return persons
    found = client.fetch_candidates(of)
    persons.seen = {str(person.id): person for person in found.seen}
    missing = [remote_id for remote_id in of if remote_id not in persons.seen]
    if missing and not persons.seen and not found.hidden:
        prove_sight(client, connection_id)
    lost = [of[remote_id] for remote_id in missing if of[remote_id].status != ApplicationStatus.GONE]
    lost.sort(key=lambda export: export.person_tracked_at or _NEVER)
    for export in lost[:look_ups]:
        remote_id = export.candidate_remote_id
        if found.hidden and client.fetch_candidate(remote_id).hidden:  # the first answer does not say which of them
            _note_hidden(export, connection_id)
            persons.hidden.add(remote_id)
        elif person := _by_email(client, export):
            persons.left[remote_id] = person
    later = {export.candidate_remote_id for export in lost[len(lost[:look_ups]) :]}
    persons.hidden |= later
    persons.asked -= later
    return persons


def _note_hidden(export: Export, connection_id: int) -> None:
    """Nothing else is written of somebody hidden; next time it is the turn of the others."""
    export.person_tracked_at = timezone.now()
    theirs = Export.objects.filter(connection=connection_id, candidate_remote_id=export.candidate_remote_id)
    theirs.update(person_tracked_at=export.person_tracked_at)


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
