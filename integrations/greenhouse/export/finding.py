"""Is this person in Greenhouse already? What `search.py` answers, and what that means for the export.

Raises, all of it: NeedsPerson where a recruiter must decide, or for somebody hidden or anonymized; what reading raises.
"""

from django.db import transaction

from integrations.greenhouse import search
from integrations.greenhouse.export.healing import forget_person
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.schemas import CandidatePayload
from integrations.greenhouse.search import Found, Suspect
from integrations.greenhouse.sight import prove_sight
from integrations.matching import Traits, evidence
from integrations.models import ExportStep, PossibleDuplicate, PossibleDuplicateQuerySet, Verdict


def find_person(walk: Walk) -> CandidatePayload | None:
    """Return the person if they are certainly there; None if they certainly are not.

    Effects: the requests of `search`, and perhaps one to prove our sight. Whoever may be the person is kept as a
        possible duplicate for the desk.
    """
    export = walk.export
    found = search.find_person(
        walk.client,
        connection=export.connection,
        application=export.application,
        greenhouse_job=export.greenhouse_job,
    )
    if found.gone:
        _forget(walk, found)
    if found.is_hidden:
        raise NeedsPerson("person_hidden")
    if found.unsure:
        _ask(walk, found.unsure)
        raise NeedsPerson("duplicate_unsure")
    if found.certain is None and found.chosen_is_gone:
        raise NeedsPerson("chosen_person_gone")
    if found.certain is None:
        prove_sight(walk.client, export.connection_id)
    _suspects(walk).undecided().delete()
    if found.certain and found.is_known:
        _settle_what_was_left_open(walk, found.certain)
        return known_by_email(walk, found.certain)
    return found.certain


def known_by_email(walk: Walk, person: CandidatePayload) -> CandidatePayload:
    """Raises: NeedsPerson where all addresses are gone, for it was by one of them that we knew this person."""
    if person.email_addresses:
        return person
    chosen = _suspects(walk).filter(remote_id=str(person.id), verdict=Verdict.SAME)
    if chosen.exists() and evidence(Traits.of_application(walk.export.application), Traits.of_person(person)):
        return person  # known by something else, and that is still there
    raise NeedsPerson("person_anonymized")


def _settle_what_was_left_open(walk: Walk, person: CandidatePayload) -> None:
    """A person whom a recruiter chose is not the one our write may have made."""
    if walk.left_open == ExportStep.PERSON and _suspects(walk).filter(remote_id=str(person.id)).exists():
        walk.left_open = ""


def _forget(walk: Walk, found: Found) -> None:
    """Forget whom we knew and who was merged away or deleted; what was decided about them is of no use any more."""
    prove_sight(walk.client, walk.export.connection_id)
    _suspects(walk).filter(remote_id__in=found.gone).delete()
    if walk.person.remote_id in found.gone:
        forget_person(walk)


def _ask(walk: Walk, suspects: tuple[Suspect, ...]) -> None:
    """Keep who may be the person, and only them, until somebody decides."""
    with transaction.atomic():
        there = {suspect.remote_id for suspect in suspects}
        _suspects(walk).undecided().exclude(remote_id__in=there).delete()
        for suspect in suspects:
            _suspects(walk).update_or_create(
                remote_id=suspect.remote_id,
                defaults={"evidence": suspect.evidence},
                create_defaults={
                    "connection": walk.export.connection,
                    "candidate": walk.export.candidate,
                    "evidence": suspect.evidence,
                },
            )


def _suspects(walk: Walk) -> PossibleDuplicateQuerySet:
    export = walk.export
    return PossibleDuplicate.objects.filter(connection=export.connection_id, candidate=export.candidate_id)
