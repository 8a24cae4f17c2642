"""What a job asks its applicants beside name, contact, résumé and note."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models

# What a form asks is anybody's text from outside; beyond this it is no form, and its files would fill the memory.
MOST_QUESTIONS, MOST_FILES = 100, 10


class QuestionKind(models.TextChoices):
    """How a question is answered."""

    SHORT_TEXT = "short_text", "A line of text"
    LONG_TEXT = "long_text", "Text"
    YES_NO = "boolean", "Yes or no"
    ONE_OF = "single_select", "One of several"
    SEVERAL_OF = "multi_select", "Any of several"
    FILE = "attachment", "A file"


class Option(NamedTuple):
    """One choice of a question; `value` is what the form sends."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a job; `key` is unique among the questions of the job and never changes."""

    key: str
    label: str
    kind: QuestionKind
    is_required: bool = False
    is_private: bool = False
    description: str = ""
    options: tuple[Option, ...] = ()

    def as_stored(self) -> dict[str, Any]:
        """Shape: what `read_questions` takes; plain JSON."""
        return {
            "key": self.key,
            "label": self.label,
            "kind": self.kind.value,
            "required": self.is_required,
            "private": self.is_private,
            "description": self.description,
            "options": [[option.value, option.label] for option in self.options],
        }


def as_many_as_fit(questions: Iterable[Question]) -> Iterator[Question]:
    """Yield the first questions, as many as one form asks, and no more of them files than it takes."""
    asked = files = 0
    for question in questions:
        is_file = question.kind == QuestionKind.FILE
        if is_file and files == MOST_FILES:
            continue
        asked, files = asked + 1, files + is_file
        yield question
        if asked == MOST_QUESTIONS:
            return


def read_questions(stored: Iterable[dict[str, Any]]) -> list[Question]:
    """Read what `Question.as_stored` wrote. Raises: KeyError or ValueError for anything else."""
    return [
        Question(
            key=one["key"],
            label=one["label"],
            kind=QuestionKind(one["kind"]),
            is_required=one["required"],
            is_private=one["private"],
            description=one["description"],
            options=tuple(Option(*option) for option in one["options"]),
        )
        for one in stored
    ]
