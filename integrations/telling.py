"""What the team is told of people on their way through Greenhouse."""

from django.urls import reverse

from candidates.models import NoticeKind
from candidates.notices import notify
from integrations.models import Export


def moved(export: Export, words: str) -> None:
    """Tell the team that somebody moved there, in the caller's transaction. Shape: `words` as in the timeline."""
    application = export.application
    address = reverse("candidate", args=[application.employer.slug, export.candidate.key])
    notify(
        employer=application.employer,
        kind=NoticeKind.STAGE_MOVED,
        text=f"{application.name}: {words}",
        url=address,
        candidate=export.candidate,
    )


def stopped(export: Export) -> None:
    """Tell the team that sending somebody has stopped, and why."""
    employer, problem = export.connection.employer, export.problem
    notify(
        employer=employer,
        kind=NoticeKind.EXPORT_NEEDS_ATTENTION,
        text=f"{export.application.name} did not reach Greenhouse: {problem.title if problem else 'it stopped'}",
        url=reverse("export", args=[employer.slug, export.pk]),
        candidate=export.candidate,
    )
