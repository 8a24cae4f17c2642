"""Ids as they come in addresses and forms, where anybody may write anything."""

from collections.abc import Iterable

MOST_DIGITS = 18  # what a 64-bit column holds for certain


def as_ids(texts: Iterable[str]) -> set[int]:
    """Read the ids among these texts and leave out what is none."""
    return {int(text) for text in texts if text.isdecimal() and len(text) <= MOST_DIGITS}
