"""Whom an employer knows: who applied to it, or is somebody of the network whom it may see."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Employer
from candidates.models import Application, Candidate, Profile


def known_to(employer: Employer) -> QuerySet[Candidate]:
    """Everybody the employer has a page of; for all others the page does not exist."""
    applied = Application.objects.for_employer(employer).filter(candidate=OuterRef("pk"))
    visible = Profile.objects.visible_to(employer).filter(candidate=OuterRef("pk"))
    return Candidate.objects.filter(Exists(applied) | Exists(visible))


def name_known_to(employer: Employer, candidate: Candidate) -> str:
    """What the employer calls a person: the name of the profile if it may see that, else as they last applied.

    Shape: empty for somebody it does not know. One query or two.
    """
    if Profile.objects.visible_to(employer).filter(candidate=candidate).exists():
        return candidate.name
    newest = Application.objects.for_employer(employer).filter(candidate=candidate).first()
    return newest.name if newest else ""
