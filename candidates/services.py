"""What happens to people and their applications. No e-mail, no HTTP, no request objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Employer, User
from candidates import letters, status_letters, tasks
from candidates.models import (
    ABOUT_STATUS,
    STATUS_EVENTS,
    Answer,
    Application,
    ApplicationStatus,
    Candidate,
    Document,
    EventKind,
    NoticeKind,
    Origin,
    Profile,
    TimelineEvent,
)
from candidates.notices import notify
from candidates.signals import application_submitted
from candidates.uploads import CheckedUpload
from jobs.models import Job
from jobs.questions import QuestionKind

# Changes that the ATS told us of, whichever way: a poll and a webhook may report the same one.
_FROM_ATS = (Origin.EXPORT, Origin.POLL, Origin.WEBHOOK)

_NAMELESS = {"first_name": "Anonymized", "last_name": "Candidate"}
_NOBODY: dict[str, Any] = {
    **_NAMELESS,
    **dict.fromkeys(("email", "phone", "current_company", "current_title", "note"), ""),
    "other_emails": [],
    "other_phones": [],
    "links": [],
    "resume": None,
}


class Link(TypedDict):
    """One entry of `Application.links`; `kind` is linkedin, github or website."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class AnswerData:
    """The answer to one of the job's own questions, with the question as it was asked; a file's text is its name."""

    key: str
    label: str
    kind: QuestionKind
    text: str
    is_private: bool = False
    upload: CheckedUpload | None = None


@dataclass(frozen=True, slots=True)
class ApplicationData:
    """What an applicant typed, already checked by `forms.ApplicationForm`."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    links: list[Link] = field(default_factory=list)
    note: str = ""
    answers: list[AnswerData] = field(default_factory=list)


def submit_application(*, job: Job, data: ApplicationData, resume: CheckedUpload | None) -> tuple[Application, bool]:
    """Store an application with its answers and files and tell whoever listens; False when it was there before.

    What is known of an existing candidate stays as it is: the form proves nothing about who typed it.
    Effects: files in storage, the rows and `application_submitted` in one transaction; a letter is owed.
    Repeat: the same person on the same job changes nothing, and is told so by letter, once a day at most.
    """
    uploads = {None: resume} | {answer.key: answer.upload for answer in data.answers}
    documents: dict[str | None, Document] = {}
    is_stored = False
    try:
        for key, upload in uploads.items():
            if upload:
                documents[key] = store(upload)
        with transaction.atomic():
            candidate = _candidate(data)
            application, created = Application.objects.get_or_create(
                candidate=candidate, job=job, defaults={"employer": job.employer, **_as_written(data)}
            )
            if created:
                _complete(application, data.answers, documents)
            if created or letters.note_repeat(application):
                # Robust: with the broker down the letter is owed all the same, and a sweep finds it.
                transaction.on_commit(lambda: tasks.write_letters.delay(application.pk), robust=True)
        is_stored = created
    finally:
        # Still False when the transaction failed: no row, so no file.
        for document in () if is_stored else documents.values():
            document.file.delete(save=False)
    return application, created


def record_status(
    *,
    application: Application,
    status: ApplicationStatus | str,
    text: str,
    origin: Origin,
    actor: User | None = None,
    kind: EventKind | None = None,
    as_whom: str = "",
    at: datetime | None = None,
) -> bool:
    """Set where the person is and say so in the timeline; True when that was news.

    News is another status, or another text than the last one about the status from the same side (a new stage
    with the same status, say).
    Shape: `kind` says it more exactly than the status does; `at` is when it happened, if not now.
    Repeat: the same report again, by poll, webhook or export, writes nothing.
    """
    if not _is_news(application.pk, status, text, origin):
        return False
    with transaction.atomic():
        # Touching the row locks it on PostgreSQL; on SQLite the transaction itself is the lock.
        Application.objects.filter(pk=application.pk).update(status_at=F("status_at"))
        if not _is_news(application.pk, status, text, origin):
            return False
        set_status(application=application, status=status, at=at)
        tell(
            application=application,
            kind=kind or STATUS_EVENTS[ApplicationStatus(status)],
            text=text,
            origin=origin,
            actor=actor,
            as_whom=as_whom,
            status=status,
            at=at,
        )
    application.refresh_from_db(fields=["status", "status_at"])
    return True


def set_status(*, application: Application, status: ApplicationStatus | str, at: datetime | None = None) -> None:
    """Set where the person is without a word in the timeline.

    Effects: one row; a letter to the applicant may be owed, or taken back. In the caller's transaction.
    Repeat: harmless.
    """
    rows = Application.objects.filter(pk=application.pk).exclude(status=status)
    if rows.update(status=status, status_at=at or timezone.now()):
        status_letters.follow(application.pk, status, at or timezone.now())


def tell(
    *,
    application: Application,
    kind: EventKind,
    text: str,
    origin: Origin,
    actor: User | None = None,
    as_whom: str = "",
    status: ApplicationStatus | str = "",
    at: datetime | None = None,
) -> None:
    """Write one line into the timeline. Repeat: a second line; the caller's transaction decides.

    Shape: `status` for a change of status; `at` is when it happened, if not now.
    """
    TimelineEvent.objects.create(
        application=application,
        kind=kind,
        text=text,
        origin=origin,
        actor=actor,
        as_whom=as_whom[:300],
        status=status,
        at=at or timezone.now(),
    )


def anonymise(*, candidate: Candidate, employer: Employer) -> None:
    """Forget who a person is in all that one employer has of them; what became of them stays.

    Effects: one transaction, then the files. The person themselves, too, unless other employers know them or they
        have a profile of their own.
    Repeat: harmless.
    """
    mine = Application.objects.filter(candidate=candidate, employer=employer)
    with transaction.atomic():
        Answer.objects.filter(application__in=mine).delete()
        mine.update(**_NOBODY)
        delete_unused_documents(candidate)
        others = Application.objects.filter(candidate=candidate).exclude(employer=employer)
        if not others.exists() and not Profile.objects.filter(candidate=candidate).exists():
            email = f"anonymized-{candidate.key.hex}@example.invalid"
            Candidate.objects.filter(pk=candidate.pk).update(**_NAMELESS, email=email)


def delete_unused_documents(candidate: Candidate, *, only: int | None = None) -> None:
    """Delete the files of a person, or the one named, that no application, answer or profile names any more.

    Effects: rows in the caller's transaction, the files after it. Repeat: harmless.
    """
    applications = Application.objects.filter(candidate=candidate)
    used = {*applications.values_list("resume", flat=True)}
    used |= {*Answer.objects.filter(application__in=applications).values_list("document", flat=True)}
    used |= {*Profile.objects.filter(candidate=candidate).values_list("resume", flat=True)}
    unused = Document.objects.filter(candidate=candidate).exclude(pk__in=used - {None})
    documents = list(unused.filter(pk=only) if only else unused)
    Document.objects.filter(pk__in=[document.pk for document in documents]).delete()
    transaction.on_commit(lambda: _delete_files(documents), robust=True)


def _delete_files(documents: list[Document]) -> None:
    for document in documents:
        document.file.delete(save=False)


def store(upload: CheckedUpload) -> Document:
    """Put a file into storage, for a row that the caller saves. Repeat: another file."""
    # Before the transaction: five megabytes to a slow disk must not hold the write lock.
    document = Document(filename=upload.filename, extension=upload.extension, size_bytes=upload.size)
    document.file.save(upload.filename, ContentFile(upload.content), save=False)
    return document


def _candidate(data: ApplicationData) -> Candidate:
    email = data.email.strip().lower()
    # The lookup fits the unique index on LOWER(email); get_or_create survives losing the race on it.
    candidate, _ = Candidate.objects.alias(email_lower=Lower("email")).get_or_create(
        email_lower__exact=email,
        defaults={"email": email, "first_name": data.first_name, "last_name": data.last_name},
    )
    return candidate


def _as_written(data: ApplicationData) -> dict[str, object]:
    return {
        "first_name": data.first_name,
        "last_name": data.last_name,
        "email": data.email.strip().lower(),
        "phone": data.phone,
        "links": data.links,
        "note": data.note,
    }


def _complete(application: Application, answers: list[AnswerData], documents: Mapping[str | None, Document]) -> None:
    for document in documents.values():
        document.candidate = application.candidate
    Document.objects.bulk_create(documents.values())
    if None in documents:
        application.resume = documents[None]
        application.save(update_fields=["resume"])
    Answer.objects.bulk_create(
        Answer(
            application=application,
            position=position,
            key=answer.key,
            label=answer.label,
            kind=answer.kind,
            text=answer.text,
            document=documents.get(answer.key),
            is_private=answer.is_private,
        )
        for position, answer in enumerate(answers)
    )
    tell(
        application=application,
        kind=EventKind.APPLIED,
        text="Applied on Purpose Jobs.",
        origin=Origin.APPLICANT,
        status=ApplicationStatus.APPLIED,
    )
    title = f" for {application.job_title}" if application.job else ""
    notify(
        employer=application.employer,
        kind=NoticeKind.NEW_APPLICANT,
        text=f"{application.name} applied{title}",
        url=application.get_absolute_url(),
        candidate=application.candidate,
    )
    application_submitted.send(sender=Application, application=application)


def _is_news(application_id: int, status: str, text: str, origin: Origin) -> bool:
    if not Application.objects.filter(pk=application_id, status=status).exists():
        return True
    origins = _FROM_ATS if origin in _FROM_ATS else (origin,)
    told = TimelineEvent.objects.filter(application=application_id, origin__in=origins)
    last = told.filter(kind__in=ABOUT_STATUS).order_by("-pk").first()
    return last is None or last.text != text
