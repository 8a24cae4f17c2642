"""The form an applicant fills in."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator

from candidates.kept import ACCEPTED_IN_WORDS, FieldRow, KeepsUploads, UploadField
from candidates.questions import answer_data, answer_field, field_name, fingerprint, is_typed
from candidates.services import AnswerData, ApplicationData, Link
from jobs.questions import Question

MAX_NOTE = 5000
_PHONE = RegexValidator(
    r"^[+0-9(][0-9 ()./+\-]{4,}(?:(?:x|ext\.?) ?[0-9]+)?$",
    "Enter the phone number in digits, for example +49 30 1234567.",
)
_QUESTIONS_CHANGED = (
    "The questions of this job have changed since you opened this page. Nothing was sent yet: "
    "please look at the questions below, then send your application."
)
_GITHUB_NAME = re.compile(r"@?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")


class LinkField(forms.CharField):
    """A web address, typed with or without https://, on one site or on any."""

    def __init__(self, *, label: str, site: str = "", example: str, max_length: int = 500) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=max_length,
            widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": example, "autocapitalize": "none"}),
            error_messages={"max_length": f"This address is too long. Enter at most {max_length} characters."},
        )
        self.site = site
        self.sentence = f"Enter a full {label} address, for example {example}."
        self._check = URLValidator(schemes=["http", "https"], message=self.sentence)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        if self.site == "github.com" and (name := _GITHUB_NAME.fullmatch(text)):
            text = f"github.com/{name[1]}"
        url = text if re.match(r"[a-z][a-z0-9+.-]*:(?!\d)", text, re.IGNORECASE) else f"https://{text}"
        self._check(url)
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        if self.site and (not f".{host}".endswith(f".{self.site}") or not parts.path.strip("/")):
            raise ValidationError(self.sentence, code="wrong_site")
        return url


class ApplicationForm(KeepsUploads):
    """What an applicant types, chooses and hands in: the usual, and an answer to each of the job's own questions."""

    first_name = forms.CharField(
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": "Enter your first name."},
    )
    last_name = forms.CharField(
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": "Enter your last name."},
    )
    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your email address, so that the employer can answer you.",
            "invalid": "Enter an email address like name@example.com.",
        },
    )
    phone = forms.CharField(
        max_length=50,
        required=False,
        validators=[_PHONE],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    resume = UploadField(
        label="Résumé", help_text=ACCEPTED_IN_WORDS, error_messages={"required": "Choose your résumé."}
    )
    linkedin = LinkField(label="LinkedIn", site="linkedin.com", example="linkedin.com/in/your-name")
    github = LinkField(label="GitHub", site="github.com", example="github.com/your-name")
    website = LinkField(label="Portfolio or website", example="your-name.com")
    note = forms.CharField(
        label="Anything else?",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": f"This is too long. Enter at most {MAX_NOTE:,} characters."},
    )
    # No person sees this field; a program that fills in every field does.
    subject_line = forms.CharField(
        label="Leave this field empty",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    # Which questions the visitor was shown; they may be others by the time the form comes back.
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Sequence[Question] = (), language: str = "", **kwargs: Any) -> None:
        self._questions = {field_name(question): question for question in questions}
        fields = {name: answer_field(question, language=language) for name, question in self._questions.items()}
        super().__init__(*args, more_fields=fields, **kwargs)
        self.initial["asked"] = fingerprint(questions)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("subject_line"):
            self.type_over("subject_line", "")
            self.add_error(None, "One field that is hidden from people was filled in. Please send this again.")
        if data.get("asked") not in ("", self.initial["asked"]):
            self.type_over("asked", self.initial["asked"])
            self.add_error(None, _QUESTIONS_CHANGED)
        return data

    @property
    def resume_row(self) -> FieldRow:
        return self.row("resume")

    @property
    def answer_rows(self) -> list[FieldRow]:
        """The job's own questions, in its order."""
        return [self.row(name) for name in self._questions]

    @property
    def lost_answers(self) -> list[str]:
        """What was typed as an answer to a question that is not asked any more, for its owner to use elsewhere."""
        typed = (self.data[name] for name in self.data if is_typed(name) and name not in self._questions)
        return [text for text in typed if text.strip()]

    def application_data(self) -> ApplicationData:
        """Return the checked fields as `services.submit_application` takes them."""
        data = self.cleaned_data
        kinds = ("linkedin", "github", "website")
        return ApplicationData(
            first_name=" ".join(data["first_name"].split()),
            last_name=" ".join(data["last_name"].split()),
            email=data["email"].lower(),
            phone=data["phone"],
            links=[Link(kind=kind, url=data[kind]) for kind in kinds if data[kind]],
            note=data["note"],
            answers=[answer for answer in map(self._answer, self._questions) if answer],
        )

    def _answer(self, name: str) -> AnswerData | None:
        return answer_data(self._questions[name], self.cleaned_data.get(name), self.uploads.get(name))
