"""Somebody who is to be in the network, as plain values. No rows."""

from dataclasses import dataclass, field
from typing import Any

from candidates.models import TermKind


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody, checked.

    Shape: `email` in lower case; `fields` are columns of `Profile`, `names` those of its terms.
    """

    email: str
    first_name: str
    last_name: str
    fields: dict[str, Any] = field(default_factory=dict)
    names: dict[TermKind, list[str]] = field(default_factory=dict)
    hidden_from: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
