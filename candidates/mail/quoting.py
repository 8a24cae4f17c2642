"""Tell what somebody wrote from what they repeat of earlier letters."""

import re

# "On Monday, Jonas wrote:", in the languages of the common mail programs; some fold it over two or three lines.
_WROTE = re.compile(
    r"^[ \t]*(?:On|Am|Le|El|Il|Op|Em|Den)\b[^\n]{0,200}(?:\n(?![ \t]*\n)[^\n]{0,200}){0,2}?"
    r"(?:wrote|schrieb[^\n:]{0,100}|a\s+écrit|escribió|ha\s+scritto|schreef[^\n:]{0,100}|escreveu|skrev[^\n:]{0,100})"
    r"\s*:[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Forwarded message)[ \t]*-{2,}"
    r"|_{20,})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FEWEST_OWN_LETTERS = 2


def split_quoted(text: str) -> tuple[str, str]:
    """Split a letter into what is new and the history below it; nothing is lost.

    Whoever answers between the lines, or has written nothing above them, keeps the letter whole.
    """
    marks = [found.start() for pattern in (_WROTE, _FORWARDED) if (found := pattern.search(text))]
    at = min([*marks, _trailing_quotes(text)])
    own, rest = text[:at].rstrip(), text[at:].strip("\n")
    if not rest or sum(char.isalnum() for char in own) < _FEWEST_OWN_LETTERS or _is_answered_within(rest):
        return text.strip(), ""
    return own.strip(), rest


def _trailing_quotes(text: str) -> int:
    """Where the last block of quoted lines begins, if nothing stands below it."""
    lines = text.rstrip().split("\n")
    at = len(lines)
    while at and (lines[at - 1].startswith(">") or not lines[at - 1].strip()):
        at -= 1
    return len("\n".join(lines[:at])) if at < len(lines) else len(text)


def _is_answered_within(rest: str) -> bool:
    """Whether words of one's own stand below quoted lines."""
    seen_quote = False
    for line in rest.split("\n"):
        if line.startswith(">"):
            seen_quote = True
        elif seen_quote and line.strip():
            return True
    return False
