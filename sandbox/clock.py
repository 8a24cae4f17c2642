"""Times the way Greenhouse writes them: UTC, milliseconds, a Z at the end."""

import re
from datetime import UTC, datetime

# Date-only values are refused by Greenhouse, so the time of day and the offset are both required.
_FULL = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$")


def stamp(moment: datetime | None = None) -> str:
    """Write a moment (now, by default) so that text order is time order."""
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def normalise(text: str) -> str | None:
    """Rewrite a full date-time in our spelling, or return None when it is not one."""
    if not _FULL.match(text):
        return None
    try:
        return stamp(datetime.fromisoformat(text))
    except ValueError:
        return None


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)


def days_between(start: str, end: str) -> int:
    return max(0, (parse(end) - parse(start)).days)
