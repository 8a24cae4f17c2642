"""Facts about an employer's Greenhouse: the connection, what was read, what is owed. No HTTP.

`remote_id` is always Greenhouse's id, as text, unique per connection.
"""

from integrations.models.career_site import (
    JOB_STATUSES,
    FieldOverride,
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseJobPostQuerySet,
    GreenhouseName,
    GreenhousePayRange,
    GreenhousePostLocation,
    ImportChoice,
    JobLink,
    PostDecision,
    Sends,
    SendsAs,
    Switch,
)
from integrations.models.connection import (
    PAUSE_AFTER,
    AnonymiseRule,
    Connection,
    ConnectionState,
    CredentialKind,
    ReopenRule,
    WithProblem,
)
from integrations.models.export import (
    CAN_BE_CANCELLED,
    DUE_EXPORT,
    Export,
    ExportFile,
    ExportQuerySet,
    ExportState,
    ExportStep,
    FileType,
)
from integrations.models.health import ProblemEntry, Step, StepReport
from integrations.models.invitation import SetupInvitation
from integrations.models.person import GreenhouseCredit, GreenhousePerson
from integrations.models.sync import (
    ASKED,
    OPEN_SYNC,
    SyncKind,
    SyncRun,
    SyncState,
)
from integrations.models.webhook import DeliveryOutcome, DeliveryState, WebhookDelivery, WebhookEndpoint

__all__ = [
    "AnonymiseRule",
    "CAN_BE_CANCELLED",
    "Connection",
    "ConnectionState",
    "CredentialKind",
    "DUE_EXPORT",
    "DeliveryOutcome",
    "DeliveryState",
    "Export",
    "ExportFile",
    "ExportQuerySet",
    "ExportState",
    "ExportStep",
    "FieldOverride",
    "FileType",
    "GreenhouseCredit",
    "GreenhouseJob",
    "GreenhouseJobPost",
    "GreenhouseJobPostQuerySet",
    "GreenhouseName",
    "GreenhousePayRange",
    "GreenhousePerson",
    "GreenhousePostLocation",
    "ImportChoice",
    "JOB_STATUSES",
    "JobLink",
    "ASKED",
    "OPEN_SYNC",
    "PAUSE_AFTER",
    "PostDecision",
    "ProblemEntry",
    "ReopenRule",
    "Sends",
    "SendsAs",
    "SetupInvitation",
    "Step",
    "StepReport",
    "Switch",
    "SyncKind",
    "SyncRun",
    "SyncState",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WithProblem",
]
