"""Forms whose files survive an error elsewhere in the form: the server holds them, a signed token finds them again."""

from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from candidates import stash
from candidates.uploads import CheckedUpload, UploadRefused, check_resume

ACCEPTED = ".pdf,.doc,.docx,.rtf,.txt"
ACCEPTED_IN_WORDS = "PDF, DOC, DOCX, RTF or TXT, at most 5 MB."


class UploadInput(forms.FileInput):
    """A file input that the browser need not insist on while the server holds a file for it."""

    is_kept = False

    def use_required_attribute(self, initial: Any) -> bool:
        return not self.is_kept and super().use_required_attribute(initial)


class UploadField(forms.FileField):
    """A file that may have come with the try before: the form decides what is missing."""

    widget = UploadInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("accept", ACCEPTED)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field as a page shows it; for a file with what is kept of it, and the box to leave that out."""

    field: BoundField
    token: BoundField | None = None
    drop: BoundField | None = None
    kept_filename: str = ""


class KeepsUploads(forms.Form):
    """A form with any number of `UploadField`s, of its class or among `more_fields`.

    After `is_valid()`, `uploads` has every good file by the name of its field, whatever the other fields say.
    """

    def __init__(
        self,
        *args: Any,
        more_fields: Mapping[str, forms.Field] | None = None,
        too_big: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(more_fields or {})
        self.uploads: dict[str, CheckedUpload] = {}
        self._kept: dict[str, CheckedUpload] = {}
        self._too_big = too_big
        self._give_companions()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._tokens: set[str] = set()
        for name in self.upload_names:
            try:
                if upload := self._upload(name):
                    self.uploads[name] = upload
            except UploadRefused as refusal:
                self.add_error(name, refusal.sentence)
            except ValidationError as missing:
                self.add_error(name, missing)
        return data

    @property
    def upload_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, UploadField)]

    def keep_uploads(self, *, may_keep: Callable[[], bool]) -> None:
        """Hold the good, newly chosen files on the server, so that the next try need not choose them again."""
        for name, upload in self.uploads.items():
            if upload is not self._kept.get(name) and may_keep():
                self.type_over(f"kept_{name}", stash.keep(upload))
                self._hold(name, upload)

    def row(self, name: str) -> FieldRow:
        """Return one field with all that belongs to it."""
        if name not in self.upload_names:
            return FieldRow(self[name])
        drop = self[f"drop_{name}"] if f"drop_{name}" in self.fields else None
        filename = self._kept[name].filename if name in self._kept else ""
        return FieldRow(self[name], self[f"kept_{name}"], drop, filename)

    def type_over(self, name: str, value: str) -> None:
        """Put a value where the visitor's own was, for when the form is shown again."""
        # What was posted cannot be changed; a copy keeps several choices of one name, as {**self.data} would not.
        self.data = copy(self.data)
        self.data[name] = value  # type: ignore[index]  # a copy of a QueryDict or a dict can be changed

    def _give_companions(self) -> None:
        for name in self.upload_names:
            self.fields[f"kept_{name}"] = forms.CharField(required=False, widget=forms.HiddenInput)
            if not self.fields[name].required:
                self.fields[f"drop_{name}"] = forms.BooleanField(required=False, label="Leave this file out")

    def _upload(self, name: str) -> CheckedUpload | None:
        token = self.cleaned_data.get(f"kept_{name}", "")
        # Once a form: one small upload, named in every field, would be read as many times at once.
        is_twice = bool(token) and token in self._tokens
        kept = stash.kept(token) if token and not is_twice else None
        chosen = self.cleaned_data.get(name)
        self._tokens.add(token)
        if self.cleaned_data.get(f"drop_{name}") and not chosen:
            token, kept, is_twice = "", None, False
        self._hold(name, kept)
        if not kept:
            self.type_over(f"kept_{name}", "")
        if name in self._too_big:
            raise UploadRefused("too_big")
        if chosen:
            return check_resume(chosen)
        if token and not kept:
            raise UploadRefused("kept_twice" if is_twice else "kept_no_longer")
        if not kept and self.fields[name].required:
            raise ValidationError(self.fields[name].error_messages["required"], code="required")
        return kept

    def _hold(self, name: str, upload: CheckedUpload | None) -> None:
        if upload:
            self._kept[name] = upload
        widget = self.fields[name].widget
        assert isinstance(widget, UploadInput)  # noqa: S101 - for the type checker
        widget.is_kept = upload is not None
