"""Where the marketplace's events become work owed to an ATS; nothing else listens."""

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver

from accounts.models import Employer
from candidates.models import Application, Candidate, EventKind, Origin
from candidates.services import tell
from candidates.signals import application_submitted, candidate_leaving
from integrations.forgetting import cancel_unsent, forget
from integrations.models import Connection, Export, ExportState, JobLink, PossibleDuplicate, Sends
from integrations.sending import export_application, send_again

_NOT_WANTED = ("left_network", "sending_not_wanted")  # what `consent.refusal_of` says of whom a recruiter picked


@receiver(application_submitted)
def owe_export(sender: Any, *, application: Application, **_: Any) -> None:
    """Write the export in the same transaction as the application, unless a recruiter looks at it first.

    One that stopped because the person, picked from the network, did not want it goes on: now they applied.
    """
    if JobLink.objects.filter(job=application.job_id, sends=Sends.AFTER_REVIEW).exists():
        return
    export = export_application(application)
    if export and export.state == ExportState.NEEDS_ATTENTION and export.problem_code in _NOT_WANTED:
        Export.objects.filter(pk=export.pk).update(application=application)
        send_again(export=export)


@receiver(candidate_leaving)
def cancel_exports(
    sender: Any, *, candidate: Candidate, employer: Employer, applications: QuerySet[Application], **_: Any
) -> None:
    """Send nothing more of what somebody takes back; if that is all, forget whom in the ATS they were compared with."""
    kept = Application.objects.for_employer(employer).filter(candidate=candidate).exclude(pk__in=applications)
    for connection in Connection.objects.filter(employer=employer):
        if kept.exists():
            going = Export.objects.filter(connection=connection, application__in=applications)
            cancelled = cancel_unsent(going)
        else:
            cancelled = forget(connection=connection, candidate=candidate)
            PossibleDuplicate.objects.filter(connection=connection, candidate=candidate).delete()
        for export in cancelled:
            text = "Nothing more is sent to Greenhouse: the person took the data back"
            tell(application=export.application, kind=EventKind.CANCELLED, text=text, origin=Origin.APPLICANT)
