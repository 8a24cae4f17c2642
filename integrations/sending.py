"""What an employer may ask about people: send them, send them again."""

from django.utils import timezone

from candidates.models import Application
from integrations.models import Export, ExportState, JobLink
from integrations.tasks import enqueue_export, wake_export


def export_application(application: Application) -> Export | None:
    """Owe Greenhouse this application if its job is connected, to be sent as soon as Greenhouse is too.

    Repeat: the export that is there.
    """
    if application.job_id is None:
        return None
    link = (
        JobLink.objects.filter(job_id=application.job_id)
        .select_related("post__greenhouse_job", "post__connection")
        .first()
    )
    if link is None or link.post.greenhouse_job is None:
        return None
    return enqueue_export(
        connection=link.post.connection,
        application=application,
        greenhouse_job=link.post.greenhouse_job,
    )


def export_of(application: Application) -> Export | None:
    """The export of the same person to the same Greenhouse job, if another application brought them there."""
    if application.job_id is None:
        return None
    return Export.objects.filter(
        candidate=application.candidate_id, greenhouse_job__posts__link__job=application.job_id
    ).first()


def send_again(*, export: Export) -> bool:
    """Try a stopped export once more, now. True if it was one that can be sent again.

    Repeat: harmless; finished steps are not repeated and nothing is sent without reading back first.
    """
    stopped = (ExportState.NEEDS_ATTENTION, ExportState.CANCELLED, ExportState.WAITING)
    now = timezone.now()
    changed = Export.objects.filter(pk=export.pk, state__in=stopped).update(
        state=ExportState.PENDING, retry_at=None, problem_code="", problem_at=None, woken_at=now, trying_since=now
    )
    if changed:
        wake_export(export)
    return bool(changed)
