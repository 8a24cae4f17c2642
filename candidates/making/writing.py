"""Writes many people of the network in few statements."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from candidates.making.person import Person
from candidates.models import Candidate, HiddenFrom, Profile, ProfileTerm, Term, TermKind, company_key
from candidates.search import index
from candidates.vocabulary import term_key, terms_named

PER_STATEMENT = 1000


class Writer:
    """Writes people whom nobody knows yet, in as many portions as there are; remembers the terms it met.

    In memory is one portion, and the terms.
    """

    def __init__(self) -> None:
        self._terms: dict[tuple[TermKind, str], Term] = {}

    def add(self, people: Sequence[Person]) -> list[Profile]:
        """Write a portion and return their profiles, in its order.

        Effects: one transaction, the words of the search among it.
        Raises: IntegrityError where an address is known already; then nobody is written.
        """
        with transaction.atomic():
            candidates = [
                Candidate(first_name=each.first_name, last_name=each.last_name, email=each.email) for each in people
            ]
            Candidate.objects.bulk_create(candidates, batch_size=PER_STATEMENT)
            return self.add_profiles(candidates, people)

    def add_profiles(self, candidates: Sequence[Candidate], people: Sequence[Person]) -> list[Profile]:
        """Write the profiles of candidates who have none. Effects: rows, in the caller's transaction."""
        pairs = list(zip(candidates, people, strict=True))
        profiles = [Profile(candidate=candidate, **each.fields) for candidate, each in pairs]
        Profile.objects.bulk_create(profiles, batch_size=PER_STATEMENT)
        self.add_details(profiles, people)
        return profiles

    def add_details(self, profiles: Sequence[Profile], people: Sequence[Person]) -> None:
        """Write what these say of themselves in terms, and whom they hide from; what is there already stays.

        Effects: rows, in the caller's transaction. Repeat: harmless.
        """
        self._meet(people)
        said = zip(profiles, people, strict=True)
        terms, hidden = [], []
        for profile, person in said:
            terms += [ProfileTerm(profile_id=profile.pk, term_id=term.pk) for term in self._terms_of(person)]
            keys = {company_key(name): name for name in person.hidden_from}
            hidden += [HiddenFrom(profile=profile, name=name, key=key) for key, name in keys.items() if key]
        ProfileTerm.objects.bulk_create(terms, batch_size=PER_STATEMENT, ignore_conflicts=True)
        HiddenFrom.objects.bulk_create(hidden, batch_size=PER_STATEMENT, ignore_conflicts=True)
        index.refresh(profile.pk for profile in profiles)

    def _meet(self, people: Iterable[Person]) -> None:
        for kind in TermKind:
            names: dict[str, str] = {}
            for name in (name for each in people for name in each.names.get(kind, ())):
                names.setdefault(term_key(name), name)  # spelled as by who came first
            unmet = [name for key, name in names.items() if (kind, key) not in self._terms]
            for term in terms_named(kind, unmet) if unmet else ():
                self._terms[kind, term.key] = term

    def _terms_of(self, person: Person) -> Iterable[Term]:
        keys = {(kind, term_key(name)): None for kind, names in person.names.items() for name in names}
        return (self._terms[key] for key in keys if key in self._terms)
