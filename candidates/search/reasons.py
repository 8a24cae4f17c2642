"""Why somebody is in the answer to a search, told from what was asked. No queries."""

from collections.abc import Iterator, Mapping

from candidates.models import Profile, ProfileText, Remote, SearchState, TermKind
from candidates.search.query import Query
from candidates.search.words import Clause
from candidates.vocabulary import term_key

_ENDING = 3  # so many letters may differ: "engineer" is found by "engineering"
_WHERE = (("headline", "title and skills"), ("about", "summary"), ("wishes", "places and interests"))
_REMOTE = {Remote.ONLY: "remote only", Remote.OPEN: "remote or on site", Remote.NO: "on site"}


# What somebody says of themselves, by kind; nothing said is an empty list.
Names = Mapping[str, list[str]]


def reasons(query: Query, profile: Profile, names: Names) -> list[str]:
    """Say what of the query a person meets: ["3 of 4 skills: Python, …", "Berlin", "within budget"].

    Shape: `text` of the profile is there already, without the words of the résumé; `names` are those of its terms.
    """
    told = [*_skills(query, names), *_words(query, getattr(profile, "text", None)), *_places(query, profile, names)]
    if query.levels:
        told.append(profile.get_level_display())
    if query.years_min is not None or query.years_max is not None:
        told.append(f"{profile.years} year{'' if profile.years == 1 else 's'}")
    if query.salary is not None:
        said = profile.salary_min is not None or profile.salary_max is not None
        told.append("within budget" if said else "has not named a salary")
    told += [name for name in names[TermKind.VALUE] if name in query.values]
    if query.is_narrow and profile.search_state == SearchState.ACTIVE or query.states:
        told.append(profile.get_search_state_display().lower())
    return told


def _skills(query: Query, names: Names) -> Iterator[str]:
    asked = {term_key(name) for name in query.skills}
    met = [name for name in names[TermKind.SKILL] if term_key(name) in asked]
    if met:
        count = f"{len(met)} of {len(asked)} skills: " if len(asked) > 1 else ""
        yield count + ", ".join(met)


def _places(query: Query, profile: Profile, names: Names) -> Iterator[str]:
    asked = [term_key(name) for name in query.locations]
    for name in names[TermKind.LOCATION]:
        if any(f" {term_key(name)}".find(f" {place}") >= 0 for place in asked):
            yield name
    if query.remote:
        yield _REMOTE[Remote(profile.remote)]


def _words(query: Query, text: ProfileText | None) -> Iterator[str]:
    """Name where each word stands; what stands nowhere else stands in the résumé."""
    if text is None:  # joined just now: the index has not read them yet, so no word has found them
        return
    places: dict[str, list[str]] = {}
    for clause in query.clauses:
        if not clause.is_excluded:
            place, phrase = _found(clause, text)
            places.setdefault(place, []).append(f"“{phrase}”")
    for place, phrases in places.items():
        yield f"{', '.join(phrases)} in {place}"


def _found(clause: Clause, text: ProfileText) -> tuple[str, str]:
    for column, place in _WHERE:
        words = f" {getattr(text, column)} "
        for phrase in clause.any_of:
            if all(f" {word[: max(_ENDING, len(word) - _ENDING)]}" in words for word in phrase):
                return place, " ".join(phrase)
    return "the résumé", " ".join(clause.any_of[0])
