"""What the edit page of a job shows: its forms, its link, and what there is to choose from."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404

from accounts.permissions import EmployerRequest
from candidates.models import Application
from candidates.questions import questions_of
from integrations import link_settings, linking, reviewing
from integrations.hiring_plan import fetch_lists
from integrations.job_forms import JobEditForm
from integrations.models import Connection, GreenhouseJobPost, JobLink
from integrations.ownership import typed_over
from integrations.sending_form import SendingForm
from jobs.models import Job

NEWEST = 5


@dataclass
class Editor:
    """One job of the request's employer, as its page edits it."""

    request: EmployerRequest
    job: Job
    link: JobLink | None
    connection: Connection | None
    copy_from: str = ""

    @classmethod
    def of(cls, request: EmployerRequest, pk: int) -> "Editor":
        """Load the job. Raises: Http404 for one of somebody else."""
        job = get_object_or_404(Job.objects.for_employer(request.employer).select_related("employer"), pk=pk)
        links = JobLink.objects.filter(job=job).select_related("job", "post__greenhouse_job", "post__connection")
        connection = Connection.objects.filter(employer=request.employer).first()
        return cls(request, job, links.first(), connection, request.POST.get("copy_from", ""))

    @property
    def looked_for(self) -> str:
        data = self.request.POST if self.request.method == "POST" else self.request.GET
        return data.get("q", "").strip()

    @property
    def is_search(self) -> bool:
        """True for the search button, and for the Enter key after a change of what to search for."""
        data = self.request.POST
        return "find" in data or ("enter" in data and self.looked_for != data.get("searched", ""))

    @property
    def is_copy(self) -> bool:
        return "copy" in self.request.POST or bool("enter" in self.request.POST and self.copy_from)

    def words(self, data: Any = None, **kwargs: Any) -> JobEditForm:
        return JobEditForm(data, instance=self.job, connection=self.connection, link=self.link, **kwargs)

    def sending(self, data: Any = None, *, fetch: bool = False, **kwargs: Any) -> SendingForm | None:
        """Make the form about sending, if the job is connected.

        Effects: with `fetch` Greenhouse is asked for its lists.
        """
        if self.link is None:
            return None
        post = self.link.post
        lists = fetch_lists(post.connection, post.greenhouse_job) if fetch else None
        return SendingForm(data, link=self.link, lists=lists, **kwargs)

    def offers(self, chosen: str) -> linking.Offers:
        assert self.connection is not None  # noqa: S101 - for the type checker
        return linking.find_offers(connection=self.connection, job=self.job, words=self.looked_for, chosen=chosen)

    def newest(self) -> list[Application]:
        """The last few who came for the job, with where they are."""
        rows = Application.objects.for_employer(self.request.employer).filter(job=self.job)
        rows = rows.select_related("job__greenhouse_link", "employer").defer("job__description", "job__questions")
        return list(reviewing.with_other_ways(rows).prefetch_related("exports")[:NEWEST])

    def context(
        self,
        *,
        words: JobEditForm,
        sending: SendingForm | None,
        asks: bool = False,
        going_to: GreenhouseJobPost | None = None,
    ) -> dict[str, Any]:
        """Collect what the page shows. Constant in queries."""
        link = self.link
        return {
            "nav": "jobs",
            "job": self.job,
            "link": link,
            "connection": self.connection,
            "form": words,
            "sending": sending,
            "others": link_settings.others(link)[: link_settings.NEAREST] if link else [],
            "copy_from": self.copy_from,
            "typed_over": typed_over(link) if link and link.is_imported else {},
            "chosen": words.chosen_post,
            "q": self.looked_for,
            "offers": self.offers(words.chosen_post) if self.connection else None,
            "questions": questions_of(self.job),
            "unsent": reviewing.unsent_of(self.job).count() if link else 0,
            "leaving": linking.leaving(link) if link and asks else None,
            "going_to": going_to,
            "newest": self.newest(),
        }
