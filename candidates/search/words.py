"""Words as they are compared, and what somebody typed into the search field as what to look for. No rows.

Index and question go through `fold`, so that both databases see the same plain words: without accents, C++ as one.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_WORDS, LONGEST_WORD = 12, 64
_SIGNS = (
    (re.compile(r"\bc\+\+"), "cplusplus"),
    (re.compile(r"\b([cf])#"), r"\1sharp"),
    (re.compile(r"(?<!\w)\.net\b"), "dotnet"),
    (re.compile(r"\basp\.net\b"), "asp dotnet"),
    (re.compile(r"(\w)\.js\b"), r"\1js"),
)
_WORD = re.compile(r"[^\W_]+")
_ASKED = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
# What PostgreSQL's dictionary leaves out of its index; to ask the other database for it would find nobody.
_SAYS_NOTHING = """
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
    it its itself they them their theirs themselves what which who whom this that these those am is are was were be
    been being have has had having do does did doing a an the and but if or because as until while of at by for with
    about against between into through during before after above below to from up down in out on off over under
    again further then once here there when where why how all any both each few more most other some such no nor not
    only own same so than too very s t can will just don should now
"""
_SILENT = frozenset(_SAYS_NOTHING.split())


@dataclass(frozen=True)
class Clause:
    """One thing that must be there, or must not: any of these phrases, each of one word or more."""

    any_of: tuple[tuple[str, ...], ...]
    is_excluded: bool = False


def term_word(term_id: int) -> str:
    """The word that stands in the index for a term somebody names, so that one index answers words and filters."""
    return f"termx{term_id}"


def fold(text: str) -> str:
    """Reduce a text to the words in it as they are compared. Shape: words of letters and digits, single spaces."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    for sign, spelled in _SIGNS:
        plain = sign.sub(spelled, plain)
    return " ".join(word[:LONGEST_WORD] for word in _WORD.findall(plain))


def parse(text: str) -> tuple[Clause, ...]:
    """Read a search: words that must all be there, "a phrase", -without, one OR other.

    Repeat: the same. Anything at all may be typed; what says nothing is left out.
    """
    clauses: list[Clause] = []
    is_or, budget = False, MOST_WORDS
    for found in _ASKED.finditer(text):
        if found["word"] in {"OR", "|"} and not found["minus"]:
            is_or = True
            continue
        phrases = _phrases(found)[:budget]
        budget -= len(phrases)
        excluded = bool(found["minus"])
        for phrase in phrases:
            if is_or and clauses and not excluded and not clauses[-1].is_excluded:
                clauses[-1] = Clause((*clauses[-1].any_of, phrase))
            else:
                clauses.append(Clause((phrase,), excluded))
        is_or = False
    return tuple(clauses)


def _phrases(found: re.Match[str]) -> list[tuple[str, ...]]:
    """Words stand alone, but for those in quotes and those that a sign holds together: "front-end" is two in a row."""
    text = found["phrase"] if found["phrase"] is not None else found["word"]
    words = tuple(fold(text).split())[:MOST_WORDS]
    return [words] if any(word not in _SILENT for word in words) else []
