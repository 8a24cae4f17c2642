"""The form of one job: its words, and the Greenhouse post that feeds it."""

from typing import Any

from django import forms

from integrations.models import Connection, GreenhouseJobPost, JobLink
from jobs.forms import JobForm
from jobs.models import Job


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
