"""The forms of letters and of templates."""

import uuid
from typing import Any, ClassVar

from django import forms

from accounts.handing_over import one_line
from accounts.models import Employer
from candidates.mail.adding import LONGEST_SUBJECT
from candidates.mail.fields import ABOUT_JOB, FIELDS, complaint, fields_in
from candidates.mail.writing import Draft
from candidates.models import MailTemplate
from jobs.models import Job, JobState

LONGEST_TEXT = 10_000
_FIELDS_HINT = "Fields: " + ", ".join(f"{{{name}}}" for name in FIELDS) + "."


def _checked(text: str) -> str:
    if wrong := complaint(text):
        raise forms.ValidationError(wrong)
    return text


class LetterForm(forms.Form):
    """A letter to one person. `key` stays the same until it is sent, so that pressing twice sends once."""

    template = forms.ModelChoiceField(MailTemplate.objects.none(), required=False, empty_label="No template")
    job = forms.ModelChoiceField(Job.objects.none(), required=False, empty_label="No job", label="About the job")
    subject = forms.CharField(max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label="Text", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 12}), help_text=_FIELDS_HINT
    )
    is_confirmed = forms.BooleanField(label="I know this and want to write all the same", required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, employer: Employer, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid.uuid4())
        super().__init__(*args, **kwargs)
        live = Job.objects.filter(employer=employer, state=JobState.LIVE).order_by("title")
        self._choose("template", MailTemplate.objects.filter(employer=employer))
        self._choose("job", live)

    def clean_subject(self) -> str:
        return _checked(one_line(self.cleaned_data["subject"]))

    def clean_body(self) -> str:
        return _checked(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("subject", "body"):
            if not data.get("job") and (wanted := fields_in(data.get(name, "")) & ABOUT_JOB):
                written = " and ".join(f"{{{field}}}" for field in sorted(wanted))
                self.add_error(name, f"Choose a job, or take {written} out.")
        return data

    @property
    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(data["subject"], data["body"], data["job"], data["key"])

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed so far, right or wrong, for a form that complains of nothing."""
        return {name: self.data.get(name, "") for name in ("template", "job", "key", "subject", "body")}

    def with_template(self) -> dict[str, Any]:
        """What was typed, with the words of the chosen template in the place of the letter's."""
        self.full_clean()
        chosen = self.cleaned_data.get("template")
        words = {"subject": chosen.subject, "body": chosen.body} if chosen else {}
        return {**self.typed, **words}

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = rows


class MailTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A letter to begin with."""

    class Meta:
        model = MailTemplate
        fields: ClassVar[list[str]] = ["name", "subject", "body"]
        widgets: ClassVar[dict[str, Any]] = {"body": forms.Textarea(attrs={"rows": 12})}
        help_texts: ClassVar[dict[str, str]] = {"name": "For your team; nobody else sees it.", "body": _FIELDS_HINT}

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"])
        rows = MailTemplate.objects.filter(employer=self.instance.employer, name__iexact=name)
        if rows.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is a template of this name. Choose another one.")
        return name

    def clean_subject(self) -> str:
        return _checked(one_line(self.cleaned_data["subject"]))

    def clean_body(self) -> str:
        return _checked(self.cleaned_data["body"])


class DoNotContactForm(forms.Form):
    """Why somebody is not to be written to."""

    reason = forms.CharField(max_length=300, required=False)
