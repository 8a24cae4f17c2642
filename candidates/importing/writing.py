"""Writes a portion of a file's people, and that it is done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from candidates.importing.deciding import Decision
from candidates.making.person import Person
from candidates.making.writing import Writer
from candidates.models import Candidate, CandidateImport, CandidateImportRow, Profile, ProfileTerm, RowOutcome
from candidates.vocabulary import term_key


def write(each: CandidateImport, decisions: Sequence[Decision], writer: Writer) -> None:
    """Make and change the people of these rows.

    Effects: rows, in the caller's transaction. Raises: IntegrityError where somebody was made meanwhile; decide again.
    """
    now = timezone.now()
    by_outcome = {outcome: [one for one in decisions if one.outcome == outcome] for outcome in RowOutcome}
    _add(by_outcome[RowOutcome.NEW], writer, now)
    _change(by_outcome[RowOutcome.CHANGED], writer, now)
    _note(each, decisions, now)


def _add(decisions: Sequence[Decision], writer: Writer, now: datetime) -> None:
    unknown = [one for one in decisions if one.candidate is None]
    made = [_candidate(one) for one in unknown]
    Candidate.objects.bulk_create(made)
    for one, candidate in zip(unknown, made, strict=True):
        one.candidate = candidate
    # What is known of somebody who applied stays: the name is as they wrote it themselves.
    candidates = [one.candidate for one in decisions if one.candidate]
    people = [replace(_person(one), fields={**_person(one).fields, "imported_at": now}) for one in decisions]
    writer.add_profiles(candidates, people)


def _candidate(decision: Decision) -> Candidate:
    person = _person(decision)
    return Candidate(first_name=person.first_name, last_name=person.last_name, email=person.email)


def _change(decisions: Sequence[Decision], writer: Writer, now: datetime) -> None:
    pairs = [(one.profile, _person(one)) for one in decisions if one.profile]
    if not pairs:
        return
    for profile, person in pairs:
        for name, value in {**person.fields, "updated_at": now}.items():
            setattr(profile, name, value)
        candidate = profile.candidate
        candidate.first_name, candidate.last_name, candidate.updated_at = person.first_name, person.last_name, now
    profiles, people = [profile for profile, _ in pairs], [person for _, person in pairs]
    names = {name for person in people for name in person.fields} | {"updated_at"}
    Profile.objects.bulk_update(profiles, sorted(names), batch_size=100)
    Candidate.objects.bulk_update(
        [profile.candidate for profile in profiles], ["first_name", "last_name", "updated_at"], batch_size=100
    )
    _drop_terms({profile.pk: person for profile, person in pairs})
    writer.add_details(profiles, people)


def _drop_terms(people: dict[int, Person]) -> None:
    """Take away what these said before; of what the file does not speak, it stays."""
    said = {
        (pk, str(kind)): {term_key(name) for name in names}
        for pk, person in people.items()
        for kind, names in person.names.items()
        if names
    }
    rows = ProfileTerm.objects.filter(profile__in=people).values_list("pk", "profile_id", "term__kind", "term__key")
    stale = [pk for pk, profile_id, kind, key in rows if key not in said.get((profile_id, kind), {key})]
    ProfileTerm.objects.filter(pk__in=stale).delete()


def _note(each: CandidateImport, decisions: Sequence[Decision], now: datetime) -> None:
    rows = {row.line: row for row in each.rows.filter(line__in=[one.line for one in decisions])}
    for one in decisions:
        row = rows[one.line]
        row.outcome, row.done_at = one.outcome, now
        row.problems = [list(problem) for problem in one.problems]
        row.candidate = one.candidate
        row.owes_letter = each.writes_letters and one.outcome == RowOutcome.NEW
    fields = ["outcome", "done_at", "problems", "candidate", "owes_letter"]
    CandidateImportRow.objects.bulk_update(rows.values(), fields, batch_size=100)


def _person(decision: Decision) -> Person:
    if decision.person is None:
        raise ValueError(f"Line {decision.line} says nobody.")
    return decision.person
