"""Where the marketplace's events become work owed to an ATS; nothing else listens."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Employer
from candidates.models import Application, Candidate, EventKind, Origin
from candidates.services import tell
from candidates.signals import application_submitted, candidate_leaving
from integrations.forgetting import forget
from integrations.models import Connection, JobLink, PossibleDuplicate, Sends
from integrations.sending import export_application


@receiver(application_submitted)
def owe_export(sender: Any, *, application: Application, **_: Any) -> None:
    """Write the export in the same transaction as the application, unless a recruiter looks at it first."""
    if not JobLink.objects.filter(job=application.job_id, sends=Sends.AFTER_REVIEW).exists():
        export_application(application)


@receiver(candidate_leaving)
def cancel_exports(sender: Any, *, candidate: Candidate, employer: Employer, **_: Any) -> None:
    """Send nothing more of somebody who takes their data back, and forget whom in the ATS they were compared with."""
    for connection in Connection.objects.filter(employer=employer):
        for export in forget(connection=connection, candidate=candidate):
            text = "Nothing more is sent to Greenhouse: the person took the data back"
            tell(application=export.application, kind=EventKind.CANCELLED, text=text, origin=Origin.APPLICANT)
        PossibleDuplicate.objects.filter(connection=connection, candidate=candidate).delete()
