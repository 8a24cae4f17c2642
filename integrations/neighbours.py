"""Whom a recruiter sees before and after somebody, while they leaf through people."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Employer
from candidates.models import Candidate, Profile


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The person before and the person after, if there is one."""

    previous: Candidate | None = None
    next: Candidate | None = None


def newest_first(employer: Employer, profile: Profile) -> Neighbours:
    """The neighbours among all whom the employer may see, in the order in which they joined. Two queries."""
    visible = Profile.objects.visible_to(employer).select_related("candidate")
    at_once = Q(joined_at=profile.joined_at)
    newer = visible.filter(Q(joined_at__gt=profile.joined_at) | at_once & Q(pk__gt=profile.pk)).reverse().first()
    older = visible.filter(Q(joined_at__lt=profile.joined_at) | at_once & Q(pk__lt=profile.pk)).first()
    return Neighbours(newer.candidate if newer else None, older.candidate if older else None)
