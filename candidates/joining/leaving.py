"""Leave the network: delete what we have of a person, and tell whoever was to pass it on."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from accounts.models import Employer
from candidates.anonymising import anonymise, anonymise_applications, delete_unused_documents
from candidates.models import (
    Application,
    ApplicationOrigin,
    ApplicationStatus,
    Candidate,
    Document,
    EventKind,
    Origin,
    Profile,
    ProfileAccess,
    SignIn,
)
from candidates.services import record_status, tell
from candidates.signals import candidate_leaving

# What became of these stays true.
_ENDED = (
    *(ApplicationStatus.HIRED, ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN),
    ApplicationStatus.GONE,
)
_GOES_OTHERWISE = (Application, Document, Profile)
_LEFT = "The person left Purpose Jobs and took the data back"


def employers_applied_to(candidate: Candidate) -> list[Employer]:
    """Return the employers that have an application which the person sent themselves."""
    sent = Application.objects.filter(candidate=candidate, origin=ApplicationOrigin.APPLIED).exclude(email="")
    return list(Employer.objects.filter(pk__in=sent.values("employer")).order_by("name", "pk"))


def leave(*, candidate: Candidate, keeps_applications: bool) -> None:
    """Delete somebody's profile, and all that hangs on it, everywhere at once.

    With `keeps_applications`, employers whom the person applied to keep that: the application as it was handed in,
    and their own notes and messages about it, but not what they picked from the profile. All the rest is cancelled
    where it was to be sent to an ATS, and the application remains as a number without a name, since the employer's
    figures are its own. What has arrived in an ATS stays there: we cannot delete it, and the page says so.
    Effects: one transaction, then the files. Nobody is logged in by the address any more.
    Repeat: harmless.
    """
    with transaction.atomic():
        kept = {employer.pk for employer in employers_applied_to(candidate)} if keeps_applications else set()
        Profile.objects.filter(candidate=candidate).delete()
        _delete_what_hangs_on(candidate, kept)
        own = Q(employer__in=kept, origin=ApplicationOrigin.APPLIED)
        rows = Application.objects.filter(candidate=candidate).exclude(own)
        for employer in Employer.objects.filter(pk__in=rows.values("employer")):
            going = rows.filter(employer=employer)
            candidate_leaving.send(sender=Candidate, candidate=candidate, employer=employer, applications=going)
            _withdraw(going)
            if employer.pk in kept:
                anonymise_applications(going)
            else:
                anonymise(candidate=candidate, employer=employer)
        delete_unused_documents(candidate)
        SignIn.objects.filter(email=candidate.email.lower()).delete()
        _end(candidate)


def _delete_what_hangs_on(candidate: Candidate, kept: Collection[int]) -> None:
    """Delete every row of this room about the person, but those of employers that keep an application.

    Found by the models themselves, so that a table that is added later is not forgotten.
    """
    for relation in Candidate._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model if relation.one_to_many or relation.one_to_one else None
        if model is None or model._meta.app_label != Candidate._meta.app_label or model in _GOES_OTHERWISE:
            continue
        rows = model._base_manager.filter(**{relation.field.name: candidate})  # type: ignore[union-attr]
        path = None if model is ProfileAccess else _path_to_employer(model)
        if path and kept:  # what names no employer holds for those who stay, such as not to write to the person
            rows = rows.exclude(Q(**{f"{path}__in": kept}) | Q(**{path: None}))
        rows.delete()


def _path_to_employer(model: type[Model]) -> str | None:
    names = {each.name for each in model._meta.get_fields()}
    return "employer" if "employer" in names else "membership__employer" if "membership" in names else None


def _withdraw(applications: Any) -> None:
    for application in applications:
        if application.status in _ENDED:
            tell(application=application, kind=EventKind.ANONYMIZED, text=_LEFT, origin=Origin.APPLICANT)
        else:
            status = ApplicationStatus.WITHDRAWN
            record_status(application=application, status=status, text=_LEFT, origin=Origin.APPLICANT)


def _end(candidate: Candidate) -> None:
    left = Application.objects.filter(candidate=candidate).order_by("-created_at", "-pk")
    named = left.exclude(email="").first()
    if named:  # as the employers that keep an application know them
        names = {"first_name": named.first_name, "last_name": named.last_name}
        Candidate.objects.filter(pk=candidate.pk).update(**names)
    elif not left.exists():
        candidate.delete()
