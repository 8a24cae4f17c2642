"""Which Greenhouse post one of our jobs is probably meant to have, and why. No HTTP, no rows."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from integrations.models import GreenhouseJobPost
from jobs.models import PLACES_JOINED_BY, Job

# What German, French and Dutch law or custom puts behind a title: (m/f/d), (w/m/x), (all genders), (H/F).
_GENDERS = re.compile(r"[(\[]\s*(?:all genders?|[mfwdxhvsn]\s*(?:[/|*,:]\s*[mfwdxhvsn*]\s*)+)[)\]]", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+[+#]*")  # C++ and C# are words of their own
_SHORT_FOR = {"sr": "senior", "jr": "junior", "eng": "engineer", "mgr": "manager", "&": "and"}
_SAYS_NOTHING = frozenset({"and", "of", "the", "a", "for", "at", "in"})


@dataclass(frozen=True)
class Suggestion:
    """A post, and what speaks for it, to be read after “Suggested because”."""

    post: GreenhouseJobPost
    reason: str


@lru_cache(maxsize=32768)
def title_key(title: str) -> str:
    """Reduce a title to what makes it the same role: “Engineer, Backend (m/f/d)” is “Backend Engineer”."""
    return " ".join(sorted(_words(_GENDERS.sub(" ", title)) - _SAYS_NOTHING))


def suggest(job: Job, posts: Iterable[GreenhouseJobPost]) -> Suggestion | None:
    """Name the one post among these, all free to take, that has the job's title and contradicts nothing else.

    Two that fit equally well are no suggestion: a wrong one would send people to the wrong team.
    Shape: reads `greenhouse_job` of the posts with the same title, which the caller joins.
    """
    wanted = title_key(job.title)
    if not wanted:
        return None
    ranked = []
    for post in posts:
        if title_key(post.title) != wanted:
            continue
        place, department = _same_place(job, post), _same_department(job, post)
        if place is not False:  # the same title elsewhere is another role
            ranked.append(((place is True, department is True, department is not False), post))
    if not ranked:
        return None
    best = max(rank for rank, _ in ranked)
    fitting = [post for rank, post in ranked if rank == best]
    if len(fitting) != 1:
        return None
    return Suggestion(fitting[0], _in_words(place=best[0], department=best[1]))


def _in_words(*, place: bool, department: bool) -> str:
    same = ["the title", *["the location"] * place, *["the department"] * department]
    if len(same) == 1:
        return "the title is the same"
    return f"{', '.join(same[:-1])} and {same[-1]} are the same"


def _same_place(job: Job, post: GreenhouseJobPost) -> bool | None:
    """None where one of them names no place. “Berlin” is “Berlin, Germany”."""
    ours, theirs = _places(job.location), _places(post.location)
    if not ours or not theirs:
        return None
    return any(one <= other or other <= one for one in ours for other in theirs)


def _places(location: str) -> list[frozenset[str]]:
    return [words for place in location.split(PLACES_JOINED_BY) if (words := _words(place))]


def _same_department(job: Job, post: GreenhouseJobPost) -> bool | None:
    hiring = post.greenhouse_job
    ours, theirs = _words(job.department), _words(hiring.department if hiring else "")
    path = _words(hiring.department_path if hiring else "")
    if not ours or not (theirs or path):
        return None
    return ours in (theirs, path) or ours <= path


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return frozenset(_SHORT_FOR.get(word, word) for word in _WORD.findall(plain))
