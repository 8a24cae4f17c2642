"""What a row of a file would do to the network as it is now. Asks, and changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from candidates.importing.columns import Problem, person_of
from candidates.importing.reader import Row
from candidates.making.person import Person
from candidates.models import Candidate, Profile, RowOutcome, TermKind, company_key
from candidates.vocabulary import term_key


@dataclass(slots=True)
class Decision:
    """What one row does. Shape: `candidate` is who has that address already."""

    line: int
    outcome: RowOutcome
    problems: list[Problem] = field(default_factory=list)
    person: Person | None = None
    candidate: Candidate | None = None

    @property
    def profile(self) -> Profile | None:
        return getattr(self.candidate, "profile", None) if self.candidate else None


def decide(rows: Sequence[Row], seen: dict[str, int]) -> list[Decision]:
    """Say what each row does; three queries, however many there are.

    Effects: `seen` learns the addresses and the lines that they were first on.
    """
    decisions = [_read(row, seen) for row in rows]
    emails = [each.person.email for each in decisions if each.person]
    known = _known(emails)
    for each in decisions:
        if each.person and (candidate := known.get(each.person.email)):
            each.candidate = candidate
            _weigh(each, each.person, candidate)
    return decisions


def _read(row: Row, seen: dict[str, int]) -> Decision:
    if row.excess > 0:
        reason = f"This row has {row.excess} more cells than the first line. Is a separator in a text without quotes?"
        return Decision(row.line, RowOutcome.BAD, [Problem("", reason)])
    person, problems = person_of(row.cells)
    if person is None:
        return Decision(row.line, RowOutcome.BAD, problems)
    first = seen.setdefault(person.email, row.line)
    if first != row.line:
        reason = f"Line {first} has the same address already. It counts, and this one does not."
        return Decision(row.line, RowOutcome.SKIPPED, [Problem("email", reason)])
    return Decision(row.line, RowOutcome.NEW, person=person)


def _known(emails: Sequence[str]) -> Mapping[str, Candidate]:
    rows = Candidate.objects.by_email(*emails).order_by()
    rows = rows.select_related("profile").prefetch_related("profile__terms", "profile__hidden_from")
    return {candidate.email.lower(): candidate for candidate in rows}


def _weigh(decision: Decision, person: Person, candidate: Candidate) -> None:
    profile = decision.profile
    if profile is None:
        return  # somebody who only applied so far: their profile is new
    if profile.imported_at is None:
        _leave_alone(decision, "This person joined themselves, or changed what was imported. It is theirs.")
    elif any(_news(person, candidate, profile)):
        decision.outcome = RowOutcome.CHANGED
    else:
        _leave_alone(decision, "All of this is known already.")


def _leave_alone(decision: Decision, reason: str) -> None:
    decision.outcome, decision.person = RowOutcome.SKIPPED, None
    decision.problems = [Problem("email", reason)]


def _news(person: Person, candidate: Candidate, profile: Profile) -> Iterator[bool]:
    yield (person.first_name, person.last_name) != (candidate.first_name, candidate.last_name)
    yield any(getattr(profile, name) != value for name, value in person.fields.items())
    have = {(TermKind(term.kind), term.key) for term in profile.terms.all()}
    for kind, names in person.names.items():
        yield bool(names) and {(kind, term_key(name)) for name in names} != {each for each in have if each[0] == kind}
    yield not {company_key(name) for name in person.hidden_from} <= {each.key for each in profile.hidden_from.all()}
