"""Whom a job needs, as a query that the recruiter then changes: read from its advert, nothing else."""

import re
from html import unescape

from django.utils.html import strip_tags

from candidates.models import Level, Term, TermKind
from candidates.search.query import MOST_NAMES, Place, Query
from candidates.search.words import fold
from candidates.skills import found_in
from candidates.vocabulary import term_key
from jobs.models import Job
from jobs.pay import PayPeriod

_MOST_SKILLS = 4  # more of them would find fewer who have most
_BLOCK = re.compile(r"<(?=/?(?:p|li|ul|ol|h\d|br|div|td|tr)\b)")
# In this order: a "Senior Engineering Manager" leads, and a "Junior Team Lead" still does.
_LEVEL_WORDS = {
    Level.EXECUTIVE: {"chief", "cto", "ceo", "coo", "cfo", "cpo", "cmo", "vp", "president", "director"},
    Level.LEAD: {"lead", "staff", "principal", "head", "manager"},
    Level.SENIOR: {"senior", "sr"},
    Level.MID: {"mid", "intermediate"},
    Level.JUNIOR: {"junior", "jr"},
    Level.ENTRY: {"entry", "intern", "internship", "trainee", "graduate", "apprentice", "working", "werkstudent"},
}
# Levels whose word is no part of what somebody does: a manager manages, but nobody seniors.
_NOT_THE_WORK = {"senior", "sr", "junior", "jr", "mid", "intermediate", "entry", "level", "lead", "staff", "principal"}
_SAYS_NOTHING = {"m", "f", "d", "w", "x", "all", "genders", "remote", "of", "and", "the", "for", "in", "at", "a", "to"}
_ANYWHERE = re.compile(r"\b(remote|anywhere|worldwide|home ?office)\b", re.IGNORECASE)


def query_for(job: Job) -> Query:
    """Guess whom a job is for, from its advert. Effects: some queries for the skills that it names."""
    title = fold(re.sub(r"[(\[].*?[)\]]", " ", job.title)).split()
    advert = unescape(strip_tags(_BLOCK.sub("\n<", job.description)))
    skills = _named_by_people(found_in(f"{job.title}\n{advert}"))[:_MOST_SKILLS]
    is_remote = job.is_remote or bool(_ANYWHERE.search(job.location))
    pay = job.pay
    yearly = pay is not None and pay.period == PayPeriod.YEAR
    return Query(
        # Skills say more than a title, which every company words its own way.
        text="" if skills else " OR ".join(_work(title)),
        skills=tuple(skills),
        locations=() if is_remote else tuple(city for place in job.places if (city := place.split(",")[0].strip())),
        remote=Place.REMOTE if is_remote else "",
        levels=_levels(title),
        salary=job.pay_max_cents // 100 if yearly and job.pay_max_cents else None,
        currency=job.pay_currency if yearly and job.pay_max_cents else "",
        job=job.pk,
    )


def _named_by_people(skills: list[str]) -> list[str]:
    """Leave out what nobody of the network calls a skill: it would find nobody."""
    keys = Term.objects.filter(kind=TermKind.SKILL, key__in=[term_key(name) for name in skills])
    known = set(keys.values_list("key", flat=True))
    return [name for name in skills if term_key(name) in known]


def _work(title: list[str]) -> list[str]:
    return [word for word in dict.fromkeys(title) if word not in _NOT_THE_WORK | _SAYS_NOTHING][:MOST_NAMES]


def _levels(title: list[str]) -> tuple[str, ...]:
    """The level that a title names, and the one before it, from where people step up."""
    said = next((level for level, words in _LEVEL_WORDS.items() if words & set(title)), None)
    if said is None:
        return ()
    ladder = Level.values
    at = ladder.index(said)
    return tuple(ladder[max(0, at - 1) : at + 1])
