"""What a trouble is in words. The words themselves: `problems.py`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """A trouble in words. `field` names the form field it stands beside, if it came from a form."""

    code: str
    title: str
    sentence: str
    next_step: str
    field: str = ""
