"""The form of one job: its words, and the Greenhouse post that feeds it."""

import hashlib
import json
from typing import Any

from django import forms

from integrations.models import Connection, GreenhouseJobPost, JobLink
from integrations.ownership import PAY
from jobs.forms import JobForm
from jobs.models import Job
from jobs.pay import Pay
from jobs.services import cleaned

_ONE_LINE = ("title", "location", "department", "employment_type")


def _mark(name: str, value: Any) -> str:
    return hashlib.sha256(repr(cleaned(name, value)).encode()).hexdigest()[:16]


class JobEditForm(JobForm):
    """A job's words, and which Greenhouse post feeds it.

    `opened` holds a mark of every field as the form showed it: what is sent back unchanged was not typed, even if a
    sync has changed the job meanwhile.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    greenhouse_post = forms.ModelChoiceField(
        label="Greenhouse job", queryset=GreenhouseJobPost.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, connection: Connection | None, link: JobLink | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.link = link
        for name in _ONE_LINE:  # a browser shows no line break in these, and sends none back
            self.initial[name] = cleaned(name, self.initial.get(name) or "")
        self.initial.setdefault("opened", self.marks())
        field = self.fields["greenhouse_post"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        if connection is None:
            del self.fields["greenhouse_post"]
            return
        posts = GreenhouseJobPost.objects.filter(connection=connection)
        current = posts.filter(pk=link.post_id) if link else posts.none()
        field.queryset = (posts.offered() | current).select_related("connection", "greenhouse_job").distinct()
        self.initial.setdefault("greenhouse_post", link.post_id if link else None)

    def marks(self) -> str:
        """Mark every field as the job has it now."""
        return json.dumps({name: _mark(name, getattr(self.instance, name)) for name in self._meta.fields or []})

    @property
    def chosen_post(self) -> str:
        """The primary key of the post that is ticked, as text; empty for none."""
        return str(self["greenhouse_post"].value() or "") if "greenhouse_post" in self.fields else ""

    def clean_greenhouse_post(self) -> GreenhouseJobPost | None:
        if self.add_prefix("greenhouse_post") not in self.data:
            return self.link.post if self.link else None
        post: GreenhouseJobPost | None = self.cleaned_data["greenhouse_post"]
        holder = Job.objects.filter(greenhouse_link__post=post).exclude(pk=self.instance.pk).first() if post else None
        if holder:
            raise forms.ValidationError(
                f"“{holder.title}” is already connected to this role. Choose another, or disconnect that job first."
            )
        return post

    @property
    def typed(self) -> dict[str, Any]:
        """The checked fields that differ from what the form showed; the pay is one field."""
        opened = self._opened()
        typed = {n: v for n, v in self.changes.items() if opened.get(n) != _mark(n, v)}
        if set(typed) & set(Pay.FIELDS):
            typed |= {name: self.cleaned_data[name] for name in Pay.FIELDS}
        return typed

    def _opened(self) -> dict[str, Any]:
        try:
            opened = json.loads(self.cleaned_data["opened"])
        except ValueError:
            return {}
        return opened if isinstance(opened, dict) else {}

    def as_typed(self, *, afresh: str = "") -> dict[str, Any]:
        """What was sent, unchecked, to show the form once more; `afresh` names a field to show as the job has it."""
        data = self.data
        kept = [name for name in self.fields if name not in (Pay.FIELDS if afresh == PAY else (afresh,))]
        typed: dict[str, Any] = {name: data.get(name, "") for name in kept}
        if "is_remote" in typed:
            typed["is_remote"] = "is_remote" in data
        if afresh:
            typed["opened"] = self._with_new_marks(str(typed["opened"]), afresh)
        return typed

    def _with_new_marks(self, opened: str, afresh: str) -> str:
        try:
            marks = json.loads(opened)
        except ValueError:
            return opened
        now = json.loads(self.marks())
        names = Pay.FIELDS if afresh == PAY else (afresh,)
        return json.dumps({**marks, **{name: now[name] for name in names}}) if isinstance(marks, dict) else opened
