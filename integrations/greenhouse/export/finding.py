"""Is this person in Greenhouse already? By what we remember, then by e-mail. Here a duplicate desk would ask.

Raises, all of it: NeedsPerson for somebody hidden or anonymized; what reading raises.
"""

from integrations.greenhouse.client import People
from integrations.greenhouse.contacts import Contacts
from integrations.greenhouse.export.healing import forget_person, is_there
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.schemas import CandidatePayload
from integrations.greenhouse.sight import prove_sight


def find_person(walk: Walk) -> CandidatePayload | None:
    """Return the person if they are certainly there; None if they certainly are not.

    Effects: a request for what we remember, else one for each e-mail address, and perhaps one to prove our sight.
    """
    remembered = _remembered(walk)
    if remembered:
        return remembered
    hidden = 0
    for email in Contacts.of(walk.export.application).emails:
        people = walk.client.fetch_candidates_by_email(email)
        if people.seen:
            return _best(walk, people)
        hidden += people.hidden
    if hidden:
        raise NeedsPerson("person_hidden")
    prove_sight(walk.client, walk.export.connection_id)
    return None


def _remembered(walk: Walk) -> CandidatePayload | None:
    """The person whom an earlier export of this e-mail found or made, unless merged away or deleted since."""
    if not walk.person.remote_id:
        return None
    people = walk.client.fetch_candidate(walk.person.remote_id)
    if not is_there(walk, people):
        forget_person(walk)
        return None
    return known_by_email(people.seen[0])


def known_by_email(person: CandidatePayload) -> CandidatePayload:
    """Raises: NeedsPerson where all addresses are gone, for it was by one of them that we knew this person."""
    if not person.email_addresses:
        raise NeedsPerson("person_anonymized")
    return person


def _best(walk: Walk, people: People) -> CandidatePayload:
    """Of several with one e-mail, the one who is on this job, else the newest."""
    job = walk.export.greenhouse_job
    if job and len(people.seen) > 1:
        ids = [person.id for person in people.seen]
        rows = walk.client.fetch_applications(candidate_ids=ids, job_ids=[job.remote_id])
        on_job = {row.candidate_id for row in rows if row.status != "converted"}
        there = [person for person in people.seen if person.id in on_job]
        if there:
            return max(there, key=lambda person: person.id)
    return max(people.seen, key=lambda person: person.id)
