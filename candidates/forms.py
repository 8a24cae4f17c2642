"""The form an applicant fills in."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator

from candidates import stash
from candidates.services import ApplicationData, Link
from candidates.uploads import CheckedUpload, UploadRefused, check_resume

MAX_NOTE = 5000
ACCEPTED = ".pdf,.doc,.docx,.rtf,.txt"
_PHONE = RegexValidator(
    r"^[+0-9(][0-9 ()./+\-]{4,}(?:(?:x|ext\.?) ?[0-9]+)?$",
    "Enter the phone number in digits, for example +49 30 1234567.",
)
_GITHUB_NAME = re.compile(r"@?([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")


class LinkField(forms.CharField):
    """A web address, typed with or without https://, on one site or on any."""

    def __init__(self, *, label: str, site: str = "", example: str) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=500,
            widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": example, "autocapitalize": "none"}),
            error_messages={"max_length": "This address is too long. Enter at most 500 characters."},
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


class ResumeField(forms.FileField):
    """A file that must be there, though not always in this very try: the form decides what is missing."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


class ApplicationForm(forms.Form):
    """What an applicant types, and the résumé, which may have been kept from the try before.

    After `is_valid()`, `checked_resume` is the résumé whenever it is good, whatever the other fields say.
    """

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
    resume = ResumeField(
        label="Résumé",
        help_text="PDF, DOC, DOCX, RTF or TXT, at most 5 MB.",
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
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
    kept_resume = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, resume_too_big: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checked_resume: CheckedUpload | None = None
        self._kept: CheckedUpload | None = None
        self._resume_too_big = resume_too_big

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            self.checked_resume = self._resume()
        except UploadRefused as refusal:
            self.add_error("resume", refusal.sentence)
        if data.get("subject_line"):
            self._type_over("subject_line", "")
            self.add_error(None, "One field that is hidden from people was filled in. Please send this again.")
        return data

    @property
    def kept_filename(self) -> str:
        """The name of the résumé that the server holds for the next try, if it does."""
        return self._kept.filename if self._kept else ""

    def keep_resume(self) -> None:
        """Hold a good, newly chosen résumé on the server, so that the next try need not choose it again."""
        if self.checked_resume is None or self.checked_resume is self._kept:
            return
        self._type_over("kept_resume", stash.keep(self.checked_resume))
        self._hold(self.checked_resume)

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
        )

    def _type_over(self, name: str, value: str) -> None:
        # Not {**self.data}: of a QueryDict that gives the lists inside.
        self.data = {key: self.data.get(key) for key in self.data} | {name: value}

    def _hold(self, upload: CheckedUpload | None) -> None:
        self._kept = upload
        self.fields["resume"].required = upload is None  # else the browser would ask for it again

    def _resume(self) -> CheckedUpload:
        token = self.cleaned_data.get("kept_resume", "")
        self._hold(stash.kept(token) if token else None)
        if self._resume_too_big:
            raise UploadRefused("too_big")
        if chosen := self.cleaned_data.get("resume"):
            return check_resume(chosen)
        if self._kept:
            return self._kept
        raise UploadRefused("kept_no_longer" if token else "missing")
