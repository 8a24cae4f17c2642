"""Facts about an employer's Greenhouse: the connection, what was read, what is owed. No HTTP.

`remote_id` is always Greenhouse's id, as text, unique per connection.
"""

from integrations.models.career_site import (
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseJobPostQuerySet,
    GreenhouseName,
    GreenhousePostLocation,
    JobLink,
    PostDecision,
)
from integrations.models.connection import (
    PAUSE_AFTER,
    Connection,
    ConnectionState,
    CredentialKind,
    WithProblem,
)
from integrations.models.export import (
    DUE_EXPORT,
    Export,
    ExportQuerySet,
    ExportState,
    ExportStep,
    GreenhousePerson,
)
from integrations.models.health import ProblemEntry, Step, StepReport
from integrations.models.invitation import SetupInvitation
from integrations.models.sync import (
    OPEN_SYNC,
    SyncRun,
    SyncState,
)

__all__ = [
    "Connection",
    "ConnectionState",
    "CredentialKind",
    "DUE_EXPORT",
    "Export",
    "ExportQuerySet",
    "ExportState",
    "ExportStep",
    "GreenhouseJob",
    "GreenhouseJobPost",
    "GreenhouseJobPostQuerySet",
    "GreenhouseName",
    "GreenhousePerson",
    "GreenhousePostLocation",
    "JobLink",
    "OPEN_SYNC",
    "PAUSE_AFTER",
    "PostDecision",
    "ProblemEntry",
    "SetupInvitation",
    "Step",
    "StepReport",
    "SyncRun",
    "SyncState",
    "WithProblem",
]
