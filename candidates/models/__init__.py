"""The network: who people are, what they tell, where they applied, and what became of it. Knows nothing of any ATS."""

from candidates.models.applications import (
    Answer,
    AnswerQuerySet,
    Application,
    ApplicationOrigin,
    ApplicationQuerySet,
    ApplicationStatus,
)
from candidates.models.people import Candidate, Document, DocumentText, document_path
from candidates.models.profile import (
    HiddenFrom,
    Level,
    Profile,
    ProfileQuerySet,
    ProfileTerm,
    Remote,
    SearchState,
    Term,
    TermKind,
    company_key,
    company_keys,
)
from candidates.models.searches import ProfileText
from candidates.models.team import AccessKind, Activity, ActivityKind, Mark, MarkKind, ProfileAccess
from candidates.models.timeline import ABOUT_STATUS, STATUS_EVENTS, EventKind, Origin, TimelineEvent

__all__ = [
    "ABOUT_STATUS",
    "STATUS_EVENTS",
    "AccessKind",
    "Activity",
    "ActivityKind",
    "Answer",
    "AnswerQuerySet",
    "Application",
    "ApplicationOrigin",
    "ApplicationQuerySet",
    "ApplicationStatus",
    "Candidate",
    "Document",
    "DocumentText",
    "EventKind",
    "HiddenFrom",
    "Level",
    "Mark",
    "MarkKind",
    "Origin",
    "Profile",
    "ProfileAccess",
    "ProfileQuerySet",
    "ProfileTerm",
    "ProfileText",
    "Remote",
    "SearchState",
    "Term",
    "TermKind",
    "TimelineEvent",
    "company_key",
    "company_keys",
    "document_path",
]
