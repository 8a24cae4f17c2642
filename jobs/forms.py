"""Forms about jobs."""

from typing import ClassVar

from django import forms

from jobs.models import Job


class JobForm(forms.ModelForm):  # type: ignore[type-arg]
    """The text of a job as a recruiter types it; `services` cleans and stores it."""

    class Meta:
        model = Job
        fields: ClassVar[list[str]] = ["title", "location", "department", "employment_type", "description"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "title": forms.TextInput(),
            "location": forms.TextInput(),
            "department": forms.TextInput(),
            "employment_type": forms.TextInput(),
            "description": forms.Textarea(attrs={"rows": 16, "data-rich": True}),
        }
        labels: ClassVar[dict[str, str]] = {"employment_type": "Employment type"}
        help_texts: ClassVar[dict[str, str]] = {
            "location": "As candidates should read it, for example: Berlin or remote in Europe.",
            "employment_type": "For example: Full-time.",
            "description": "Plain text, where an empty line starts a new paragraph, or simple HTML.",
        }
        error_messages: ClassVar[dict[str, dict[str, str]]] = {
            "title": {"required": "Give the job a title."},
        }

    @property
    def changes(self) -> dict[str, str]:
        """The checked texts, as `services.create_job` and `services.save_job` take them."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or []}
