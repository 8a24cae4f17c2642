"""A job's own questions as fields of the form to apply, and what was answered, in words.

The texts come from Greenhouse, where anybody may have written them: whatever they hold, the form can be filled in.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from candidates.kept import ACCEPTED_IN_WORDS, UploadField
from candidates.services import AnswerData
from candidates.uploads import CheckedUpload
from jobs.html import clean_hint
from jobs.models import Job
from jobs.questions import Option, Question, QuestionKind, as_many_as_fit, read_questions

logger = logging.getLogger(__name__)
# A question is read before it is answered: what is longer is no question.
LONGEST_LABEL = 1000
LONGEST_OPTION = 300
LONGEST_DESCRIPTION = 2000
MAX_LINE, MAX_TEXT = 500, 10_000
YES_NO = (("yes", "Yes"), ("no", "No"))
_NO_LONGER = "What you chose here is no longer offered. Please choose again."
_TOO_LONG = "This is too long. Enter at most {:,} characters."
# Characters that nobody sees, some of which would turn the words after them around.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TYPED = (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT)


def questions_of(job: Job) -> list[Question]:
    """Return what the job asks, so that every question can be shown and answered.

    Left out: unreadable ones, which are logged, and those beyond what one form asks. A choice between nothing is
    asked for in words.
    """
    found: dict[str, Question] = {}
    for question in as_many_as_fit(_readable(job)):
        key = str(question.key)
        while key in found:
            key += "'"
        found[key] = _answerable(replace(question, key=key), position=len(found) + 1)
    return list(found.values())


def _readable(job: Job) -> Iterator[Question]:
    for stored in job.questions if isinstance(job.questions, list) else []:
        try:
            yield from read_questions([stored])
        except (KeyError, TypeError, ValueError):
            logger.warning("job %s: a question cannot be read and is not asked", job.pk)


def fingerprint(questions: Iterable[Question]) -> str:
    """Tell two sets of questions apart by all that an answer depends on, whatever their order."""
    words = sorted([one.key, one.label, one.kind.value, list(one.options)] for one in questions)
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


def field_name(question: Question) -> str:
    """Name the form field of a question: the same for as long as the same kind of answer is asked for."""
    return f"{question.kind.value}_{hashlib.sha256(question.key.encode(errors='replace')).hexdigest()[:12]}"


def is_typed(name: str) -> bool:
    """Say whether a form field holds what somebody typed as an answer, to a question of now or of a while ago."""
    return name.startswith(tuple(f"{kind.value}_" for kind in _TYPED))


def answer_field(question: Question, *, language: str = "") -> forms.Field:
    """Make the form field of one question; `language` is the tag of the language its words are in."""
    return _FIELDS[question.kind](
        question,
        label=_worded(question.label, language),
        help_text=_description(question.description, language),
        required=question.is_required,
    )


def answer_data(question: Question, value: Any, upload: CheckedUpload | None) -> AnswerData | None:
    """Put one cleaned answer into words; None where nothing was answered."""
    chosen = {value} if isinstance(value, str) else set(value or ())
    match question.kind:
        case QuestionKind.FILE:
            text = upload.filename if upload else ""
        case QuestionKind.YES_NO:
            text = dict(YES_NO).get(value, "")
        case QuestionKind.ONE_OF | QuestionKind.SEVERAL_OF:
            text = ", ".join(option.label for option in question.options if option.value in chosen)
        case _:
            text = value or ""
    if not text:
        return None
    return AnswerData(question.key, question.label, question.kind, text, question.is_private, upload)


def _line(question: Question, **words: Any) -> forms.Field:
    errors = {"required": "Answer this question.", "max_length": _TOO_LONG.format(MAX_LINE)}
    widget = forms.TextInput(attrs={"dir": "auto"})
    return forms.CharField(max_length=MAX_LINE, error_messages=errors, widget=widget, **words)


def _text(question: Question, **words: Any) -> forms.Field:
    errors = {"required": "Answer this question.", "max_length": _TOO_LONG.format(MAX_TEXT)}
    widget = forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    return forms.CharField(max_length=MAX_TEXT, error_messages=errors, widget=widget, **words)


def _yes_no(question: Question, **words: Any) -> forms.Field:
    # A radio button cannot be taken back, so not answering is a choice of its own.
    choices = YES_NO if question.is_required else (*YES_NO, ("", "No answer"))
    errors = {"required": "Choose yes or no.", "invalid_choice": _NO_LONGER}
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=errors, **words)


def _one_of(question: Question, **words: Any) -> forms.Field:
    nothing = ("", "Choose one" if question.is_required else "No answer")
    errors = {"required": "Choose an answer.", "invalid_choice": _NO_LONGER}
    return forms.ChoiceField(choices=(nothing, *question.options), error_messages=errors, **words)


def _several_of(question: Question, **words: Any) -> forms.Field:
    errors = {"required": "Choose at least one.", "invalid_choice": _NO_LONGER}
    return forms.MultipleChoiceField(
        choices=question.options, widget=forms.CheckboxSelectMultiple, error_messages=errors, **words
    )


def _file(question: Question, *, help_text: SafeString, **words: Any) -> forms.Field:
    help_text = format_html("{}{}", help_text, ACCEPTED_IN_WORDS)
    return UploadField(error_messages={"required": "Choose a file."}, help_text=help_text, **words)


_FIELDS: dict[QuestionKind, Callable[..., forms.Field]] = {
    QuestionKind.SHORT_TEXT: _line,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.ONE_OF: _one_of,
    QuestionKind.SEVERAL_OF: _several_of,
    QuestionKind.FILE: _file,
}


def _answerable(question: Question, *, position: int) -> Question:
    options: dict[str, Option] = {}
    for value, label in question.options:
        if str(value) and (words := _plain(label, LONGEST_OPTION)):
            options.setdefault(str(value), Option(str(value), words))
    is_choice = question.kind in (QuestionKind.ONE_OF, QuestionKind.SEVERAL_OF)
    return replace(
        question,
        label=_plain(question.label, LONGEST_LABEL) or f"Question {position}",
        kind=QuestionKind.SHORT_TEXT if is_choice and not options else question.kind,
        options=tuple(options.values()),
    )


def _plain(text: Any, length: int) -> str:
    # Cut first: a megabyte must not be searched through at every visit.
    start = " ".join(_INVISIBLE.sub("", str(text or "")[: 2 * length]).split())
    return Truncator(start).chars(length)


def _worded(text: str, language: str) -> SafeString:
    """Show words of another language and direction so that they do not turn ours around."""
    tag = format_html(' lang="{}"', language) if language else ""
    return format_html('<span dir="auto"{}>{}</span>', tag, text)


def _description(text: Any, language: str) -> SafeString:
    html = _hint(str(text or "")[:LONGEST_DESCRIPTION])
    if not html:
        return mark_safe("")
    tag = format_html(' lang="{}"', language) if language else ""
    return format_html('<div dir="auto"{}>{}</div>', tag, conditional_escape(mark_safe(html)))  # noqa: S308 - cleaned


@lru_cache(maxsize=500)
def _hint(text: str) -> str:
    # Cleaning is most of what a form costs, and anybody may ask for the same form again and again.
    return clean_hint(_INVISIBLE.sub("", text))
