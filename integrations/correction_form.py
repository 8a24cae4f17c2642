"""The form that puts an application right: who somebody is, how to reach them, and their files."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.html import format_html

from candidates.correcting import RESUME, Correction
from candidates.forms import MAX_NOTE
from candidates.kept import ACCEPTED_IN_WORDS, FieldRow, KeepsUploads, UploadField
from candidates.models import Application, Document
from candidates.services import Link
from candidates.uploads import CheckedUpload
from integrations.consent import has_private_email

MOST_LINES = 50
_SITES = {"linkedin.com": "linkedin", "github.com": "github"}
_check_url = URLValidator(schemes=["http", "https"])


class LinesField(forms.CharField):
    """Several values, one a line; empty lines and repeats are dropped."""

    def __init__(self, *, rows: int = 2, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": rows}), max_length=20_000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = list(dict.fromkeys(" ".join(line.split()) for line in super().clean(value).splitlines()))
        found = [line for line in lines if line]
        if len(found) > MOST_LINES:
            raise ValidationError(f"Enter at most {MOST_LINES} lines.")
        return found


class CorrectionForm(KeepsUploads):
    """What is known of somebody in one application, to be put right. Files that are not touched stay."""

    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(label="Email", max_length=254)
    other_emails = LinesField(label="Other email addresses", help_text="One a line.")
    phone = forms.CharField(max_length=50, required=False)
    other_phones = LinesField(label="Other phone numbers", help_text="One a line.")
    current_title = forms.CharField(label="Title", max_length=200, required=False)
    current_company = forms.CharField(label="Company", max_length=200, required=False)
    links = LinesField(label="Links", rows=4, help_text="One a line, for example https://github.com/ada.")
    note = forms.CharField(required=False, max_length=MAX_NOTE, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, application: Application, documents: list[Document], **kwargs: Any) -> None:
        self._documents = {f"file_{document.pk}": document for document in documents}
        if application.resume_id is None:
            self._documents = {f"file_{RESUME}": Document(), **self._documents}
        files = {name: self._file_field(application, document) for name, document in self._documents.items()}
        initial = {name: getattr(application, name) for name in self.base_fields}
        initial["links"] = [link["url"] for link in application.links]
        self._kinds = {link["url"]: link["kind"] for link in application.links}
        super().__init__(*args, more_fields=files, initial=initial, **kwargs)
        if has_private_email(application):
            del self.fields["email"], self.fields["other_emails"]
        for name, document in self._documents.items():
            self.fields[f"drop_{name}"].label = f"Leave out {document.filename}"
            if document.pk is None:
                del self.fields[f"drop_{name}"]

    @property
    def file_rows(self) -> list[FieldRow]:
        return [self.row(name) for name in self._documents]

    def clean_other_emails(self) -> list[str]:
        for email in self.cleaned_data["other_emails"]:
            validate_email(email)
        return list(self.cleaned_data["other_emails"])

    def clean_links(self) -> list[Link]:
        links = [self._link(line) for line in self.cleaned_data["links"]]
        return list({link["url"]: link for link in links}.values())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("first_name") or data.get("last_name")):
            self.add_error("first_name", "Enter a name: Greenhouse takes nobody without one.")
        return data

    def correction(self) -> Correction:
        """Return what is to change; a field that was not touched is left out."""
        fields = {name: self.cleaned_data[name] for name in self.changed_data if name in self.base_fields}
        files: dict[int, CheckedUpload | None] = {}
        for name, document in self._documents.items():
            if name in self.uploads:
                files[document.pk or RESUME] = self.uploads[name]
            elif self.cleaned_data.get(f"drop_{name}"):
                files[document.pk] = None
        return Correction(fields=fields, files=files)

    @staticmethod
    def _file_field(application: Application, document: Document) -> UploadField:
        is_resume = document.pk in (None, application.resume_id)
        # Help is shown as HTML, and the applicant chose the name.
        now = format_html("Now: {}. ", document.filename) if document.pk else ""
        label = "Résumé" if is_resume else f"Instead of {document.filename}"
        return UploadField(label=label, required=False, help_text=format_html("{}{}", now, ACCEPTED_IN_WORDS))

    def _link(self, line: str) -> Link:
        if kind := self._kinds.get(line):
            return Link(kind=kind, url=line)
        url = line if "://" in line else f"https://{line}"
        try:
            _check_url(url)
        except ValidationError:
            raise ValidationError(f"“{line}” is no web address.") from None
        host = url.split("/")[2].removeprefix("www.")
        kind = next((kind for site, kind in _SITES.items() if f".{host}".endswith(f".{site}")), "website")
        return Link(kind=kind, url=url)
