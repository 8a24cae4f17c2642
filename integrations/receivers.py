"""Where the marketplace's events become work owed to an ATS; nothing else listens."""

from typing import Any

from django.dispatch import receiver

from candidates.models import Application
from candidates.signals import application_submitted
from integrations.sending import export_application


@receiver(application_submitted)
def owe_export(sender: Any, *, application: Application, **_: Any) -> None:
    """Write the export in the same transaction as the application (`design.md` §5.1)."""
    export_application(application)
