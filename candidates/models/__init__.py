"""The network: who people are, what they tell, where they applied, and what became of it. Knows nothing of any ATS."""

from candidates.models.applications import (
    Answer,
    AnswerQuerySet,
    Application,
    ApplicationOrigin,
    ApplicationQuerySet,
    ApplicationStatus,
)
from candidates.models.joining import SignIn, SignInQuerySet
from candidates.models.letters import LetterKind, LetterRule, StatusLetter
from candidates.models.notes import Note
from candidates.models.notices import Notice, NoticeChoice, NoticeKind, NoticeQuerySet, Rhythm
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
from candidates.models.shares import CandidateLink, CandidateLinkQuerySet, Share, SharedWith
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
    "CandidateLink",
    "CandidateLinkQuerySet",
    "Document",
    "DocumentText",
    "EventKind",
    "HiddenFrom",
    "LetterKind",
    "LetterRule",
    "Level",
    "Mark",
    "MarkKind",
    "Note",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "NoticeQuerySet",
    "Origin",
    "Profile",
    "ProfileAccess",
    "ProfileQuerySet",
    "ProfileTerm",
    "ProfileText",
    "Remote",
    "Rhythm",
    "SearchState",
    "Share",
    "SharedWith",
    "SignIn",
    "SignInQuerySet",
    "StatusLetter",
    "Term",
    "TermKind",
    "TimelineEvent",
    "company_key",
    "company_keys",
    "document_path",
]
