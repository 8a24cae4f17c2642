"""The fixed words of a profile: kinds of position, values and interests. Skills and places are people's own."""

from collections.abc import Iterable

from candidates.models import Term, TermKind
from jobs.pay import COMMON_CURRENCIES, OTHER_CURRENCIES

POSITIONS = ("Full-time", "Part-time", "Contract", "Internship", "Co-founder", "Advisor")
VALUES = (
    "Mission first",
    "Work-life balance",
    "Flexible hours",
    "Four-day week",
    "Learning and mentoring",
    "Ownership and autonomy",
    "Open salaries",
    "Diverse team",
    "Climate positive",
    "Calm pace",
    "Fast pace",
    "Small team",
    "Remote culture",
    "Open source",
    "Evidence over opinion",
    "Equity for everyone",
)
INTERESTS = (
    "Accessibility",
    "Agriculture and food",
    "Arts and culture",
    "Biotech",
    "Civic tech",
    "Climate and energy",
    "Consumer apps",
    "Cybersecurity",
    "Data and AI",
    "Developer tools",
    "Education",
    "Fintech",
    "Games",
    "Hardware and robotics",
    "Health",
    "Housing",
    "Legal tech",
    "Logistics",
    "Marketplaces",
    "Mobility",
    "Nonprofit",
    "Retail",
    "Space",
    "Work and HR",
)
FIXED = {TermKind.POSITION: POSITIONS, TermKind.VALUE: VALUES, TermKind.INTEREST: INTERESTS}
MAX_NAME = 80
# Of one person; what has no limit here has one in its column.
MAX_SKILLS, MAX_LOCATIONS, MAX_COMPANIES = 50, 20, 100
MAX_SUMMARY = 600
MAX_SALARY = 1_000_000_000  # a year, also in won and forint
CURRENCIES = (*COMMON_CURRENCIES, *OTHER_CURRENCIES)


def term_key(name: str) -> str:
    return " ".join(name.split()).casefold()[:MAX_NAME]


def terms_named(kind: TermKind, names: Iterable[str]) -> list[Term]:
    """Return a term for each name, in their order, each once; unknown ones are made, but not in a fixed list.

    Effects: rows, in the caller's transaction. Repeat: the same rows.
    """
    fixed = {term_key(name): name for name in FIXED.get(kind, ())}
    named: dict[str, str] = {}
    for name in names:
        key = term_key(name)
        if key and (kind not in FIXED or key in fixed):
            named.setdefault(key, fixed.get(key, " ".join(name.split())[:MAX_NAME]))
    Term.objects.bulk_create(
        [Term(kind=kind, key=key, name=name) for key, name in named.items()], ignore_conflicts=True
    )
    found = {term.key: term for term in Term.objects.filter(kind=kind, key__in=named)}
    return [found[key] for key in named]
