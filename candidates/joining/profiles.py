"""Make and change a profile, as its owner says."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from candidates import tasks
from candidates.anonymising import delete_unused_documents
from candidates.models import (
    Application,
    ApplicationOrigin,
    Candidate,
    Document,
    HiddenFrom,
    Profile,
    ProfileTerm,
    TermKind,
    company_key,
)
from candidates.search import index
from candidates.services import store
from candidates.uploads import CheckedUpload
from candidates.vocabulary import terms_named

_LINKS = {"linkedin": "linkedin_url", "github": "github_url", "website": "portfolio_url"}
_MAX_URL = 200


@dataclass(frozen=True, slots=True)
class ProfileData:
    """What somebody typed and chose, already checked by `forms.ProfileForm`.

    Shape: `fields` are those of `Profile`; `kept_resume` is the key of a file that is there already.
    """

    first_name: str
    last_name: str
    fields: dict[str, Any] = field(default_factory=dict)
    names: dict[TermKind, list[str]] = field(default_factory=dict)
    hidden_from: list[str] = field(default_factory=list)
    resume: CheckedUpload | None = None
    kept_resume: UUID | None = None


def save(*, email: str, data: ProfileData) -> Profile:
    """Make the profile of whoever proved this address, or change it.

    Effects: a file in storage, then one transaction; files that nothing uses any more go. Its search words are
        refreshed, and the reading of a new résumé is owed.
    Repeat: harmless.
    """
    document = store(data.resume) if data.resume else None
    is_stored = False
    try:
        with transaction.atomic():
            candidate = _candidate(email, data)
            former = Profile.objects.filter(candidate=candidate).values_list("resume", flat=True).first()
            resume = _resume(candidate, document, data.kept_resume)
            profile, _ = Profile.objects.update_or_create(
                candidate=candidate, defaults={**data.fields, "resume": resume, "imported_at": None}
            )
            _set_terms(profile, data.names)
            _set_hidden_from(profile, data.hidden_from)
            if former:
                delete_unused_documents(candidate, only=former)
            index.refresh([profile.pk])
            if resume:
                transaction.on_commit(lambda: tasks.read_resume.delay(resume.pk), robust=True)
        is_stored = True
    finally:
        if document and not is_stored:
            document.file.delete(save=False)
    return profile


def add_skills(*, profile: Profile, names: list[str]) -> None:
    """Add those that the person chose among what their résumé names, and ask no more about it.

    Effects: one transaction. Repeat: harmless.
    """
    words = profile.resume and getattr(profile.resume, "words", None)
    if not words:
        return
    chosen = [name for name in words.skills if name in names]
    with transaction.atomic():
        profile.terms.add(*terms_named(TermKind.SKILL, chosen))
        type(words).objects.filter(pk=words.pk, decided_at=None).update(decided_at=timezone.now())
        index.refresh([profile.pk])


def proposed_skills(profile: Profile) -> list[str]:
    """Return what the résumé names and the profile does not, until the person has chosen."""
    words = profile.resume and getattr(profile.resume, "words", None)
    if not words or words.decided_at:
        return []
    have = {name.casefold() for name in profile.names_of(TermKind.SKILL)}
    return [name for name in words.skills if name.casefold() not in have]


def hide_from(*, profile: Profile, name: str) -> None:
    """Hide a person from one more company. Repeat: harmless."""
    if key := company_key(name):
        HiddenFrom.objects.get_or_create(profile=profile, key=key, defaults={"name": name})


def as_typed(profile: Profile) -> dict[str, Any]:
    """Return a profile as the form begins with it."""
    candidate = profile.candidate
    own = {each.name: getattr(profile, each.name) for each in Profile._meta.concrete_fields}
    kinds = {f"{kind}s": profile.names_of(TermKind(kind)) for kind in TermKind.values}
    return {
        **own,
        **kinds,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "hidden_from": [hidden.name for hidden in profile.hidden_from.all()],
        "current_resume": profile.resume and profile.resume.key,
    }


def newest_application(candidate: Candidate) -> Application | None:
    """What the person themselves wrote last, if they applied somewhere."""
    rows = Application.objects.filter(candidate=candidate, origin=ApplicationOrigin.APPLIED)
    return rows.exclude(email="").select_related("resume", "employer").order_by("-created_at", "-pk").first()


def as_applied(application: Application) -> dict[str, Any]:
    """Return what the form begins with for somebody who applied before: to see, to change and to confirm."""
    links = {_LINKS[link["kind"]]: link["url"] for link in application.links if link["kind"] in _LINKS}
    company = application.current_company
    return {
        "first_name": application.first_name,
        "last_name": application.last_name,
        "current_company": company,
        "current_title": application.current_title,
        **{name: url for name, url in links.items() if len(url) <= _MAX_URL},
        "current_resume": application.resume and application.resume.key,
        # Who does not want to be found by their own company is the reason why there is such a field.
        "hidden_from": [company] if company else [],
    }


def _candidate(email: str, data: ProfileData) -> Candidate:
    names = {"first_name": data.first_name, "last_name": data.last_name}
    candidate, is_new = Candidate.objects.by_email(email).get_or_create(defaults={"email": email, **names})
    if not is_new:
        Candidate.objects.filter(pk=candidate.pk).update(**names, updated_at=timezone.now())
    return candidate


def _resume(candidate: Candidate, document: Document | None, kept: UUID | None) -> Document | None:
    if document:
        document.candidate = candidate
        document.save()
        return document
    return candidate.documents.filter(key=kept).first() if kept else None


def _set_terms(profile: Profile, names: dict[TermKind, list[str]]) -> None:
    chosen = [term for kind, each in names.items() for term in terms_named(kind, each)]
    ProfileTerm.objects.filter(profile=profile).exclude(term__in=chosen).delete()
    profile.terms.add(*chosen)


def _set_hidden_from(profile: Profile, names: list[str]) -> None:
    named = {company_key(name): name for name in reversed(names)}
    HiddenFrom.objects.filter(profile=profile).exclude(key__in=named).delete()
    HiddenFrom.objects.bulk_create(
        [HiddenFrom(profile=profile, name=name, key=key) for key, name in named.items()],
        update_conflicts=True,
        unique_fields=["profile", "key"],
        update_fields=["name"],
    )
