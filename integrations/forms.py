"""Forms about Greenhouse."""

import re
from typing import Any

from django import forms

from integrations.models import Connection, CredentialKind, GreenhouseJobPost, JobLink
from integrations.problems import Problem
from jobs.forms import JobForm
from jobs.models import Job

_LEAVES_NO_TRACE = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class IntegrationForm(forms.Form):
    """The credential an employer stores.

    What a person has just typed is kept when something is wrong with it; what is stored is never shown again.
    """

    credential_kind = forms.ChoiceField(
        label="Credential", choices=CredentialKind.choices, widget=forms.RadioSelect, initial=CredentialKind.OAUTH
    )
    client_id = forms.CharField(
        label="Client ID",
        error_messages={"required": "Enter the client ID."},
        max_length=200,
        widget=forms.TextInput(attrs=_LEAVES_NO_TRACE),
    )
    client_secret = forms.CharField(
        label="Client secret",
        error_messages={"required": "Enter the client secret."},
        max_length=500,
        widget=forms.PasswordInput(attrs=_LEAVES_NO_TRACE, render_value=True),
    )
    api_key = forms.CharField(
        label="API Key",
        error_messages={"required": "Enter your API Key."},
        max_length=500,
        widget=forms.PasswordInput(attrs=_LEAVES_NO_TRACE, render_value=True),
    )
    email = forms.EmailField(
        label="Email",
        help_text="The address of a Greenhouse Site Admin. Candidates we send are added in this person's name.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:  # only the fields of the chosen credential are asked for
            by_key = self.data.get("credential_kind") == CredentialKind.API_KEY
            for name in ("client_id", "client_secret") if by_key else ("api_key",):
                self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("client_id", "client_secret", "api_key"):
            data[name] = re.sub(r"\s+", "", data.get(name) or "")  # pasted keys bring spaces and line breaks
        return data

    @property
    def secret(self) -> str:
        by_key = self.cleaned_data["credential_kind"] == CredentialKind.API_KEY
        return str(self.cleaned_data["api_key" if by_key else "client_secret"])

    def add_problem(self, problem: Problem, detail: str) -> None:
        """Put what Greenhouse said into words, beside the field that repairs it."""
        words = f"{problem.sentence} {problem.next_step}"
        field = problem.field
        if field == "client_secret" and self.cleaned_data["credential_kind"] == CredentialKind.API_KEY:
            field = "api_key"
        self.add_error(field or None, f"{words} ({detail})" if detail else words)


class PostChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """External, published roles, told apart by place, Greenhouse job and id; says which job has one already."""

    job_pk: int | None = None

    def label_from_instance(self, obj: Any) -> str:
        place = f" · {obj.location}" if obj.location else ""
        internal = obj.greenhouse_job.name if obj.greenhouse_job else ""
        named = f" · in {internal}" if internal and internal != obj.title else ""
        taken = (
            f" · feeds “{obj.link.job.title}”" if self.job_pk and self._holder(obj) not in (None, self.job_pk) else ""
        )
        return f"{obj.title}{place}{named} · #{obj.remote_id}{taken}"

    @staticmethod
    def _holder(post: GreenhouseJobPost) -> int | None:
        return post.link.job_id if hasattr(post, "link") else None


class JobEditForm(JobForm):
    """A job with the Greenhouse post that feeds it."""

    greenhouse_post = PostChoiceField(
        label="Greenhouse job",
        queryset=GreenhouseJobPost.objects.none(),
        required=False,
        empty_label="Not connected",
        help_text="The external, published roles of your career site. Applicants of this job go there.",
    )

    def __init__(self, *args: Any, connection: Connection | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.link = JobLink.objects.filter(job=self.instance).first() if self.instance.pk else None
        field = self.fields["greenhouse_post"]
        assert isinstance(field, PostChoiceField)  # noqa: S101 - for the type checker
        if connection is None:
            del self.fields["greenhouse_post"]
            return
        posts = GreenhouseJobPost.objects.filter(connection=connection)
        current = posts.filter(pk=self.link.post_id) if self.link else posts.none()
        field.queryset = (posts.offered() | current).select_related("greenhouse_job", "link__job").distinct()
        field.job_pk = self.instance.pk
        field.initial = self.link.post_id if self.link else None

    def clean_greenhouse_post(self) -> GreenhouseJobPost | None:
        post: GreenhouseJobPost | None = self.cleaned_data["greenhouse_post"]
        holder = Job.objects.filter(greenhouse_link__post=post).exclude(pk=self.instance.pk).first() if post else None
        if holder:
            raise forms.ValidationError(
                f"“{holder.title}” is already connected to this role. Choose another, or disconnect that job first."
            )
        return post
