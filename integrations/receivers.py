"""Where the marketplace's events become work owed to an ATS; nothing else listens."""

from typing import Any

from django.dispatch import receiver

from candidates.models import Application
from candidates.signals import application_submitted
from integrations.models import JobLink, Sends
from integrations.sending import export_application


@receiver(application_submitted)
def owe_export(sender: Any, *, application: Application, **_: Any) -> None:
    """Write the export in the same transaction as the application, unless a recruiter looks at it first."""
    if not JobLink.objects.filter(job=application.job_id, sends=Sends.AFTER_REVIEW).exists():
        export_application(application)
