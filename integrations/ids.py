"""Ids as they come in addresses and forms, where anybody may write anything."""

from collections.abc import Iterable
from uuid import UUID

MOST_DIGITS = 18  # what a 64-bit column holds for certain


def as_id(text: str) -> int | None:
    """Read an id; None for anything else."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def as_ids(texts: Iterable[str]) -> set[int]:
    """Read the ids among these texts and leave out what is none."""
    return {found for text in texts if (found := as_id(text)) is not None}


def as_uuid(text: str) -> UUID | None:
    """Read a key; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
