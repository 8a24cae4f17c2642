"""What happens to people and their applications. No e-mail, no HTTP, no request objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from candidates import letters, status_letters, tasks
from candidates.anonymising import NOBODY
from candidates.models import (
    ABOUT_STATUS,
    STATUS_EVENTS,
    Answer,
    Application,
    ApplicationOrigin,
    ApplicationStatus,
    Candidate,
    Document,
    EventKind,
    NoticeKind,
    Origin,
    TimelineEvent,
)
from candidates.notices import notify
from candidates.signals import application_submitted
from candidates.uploads import CheckedUpload
from jobs.models import Job
from jobs.questions import QuestionKind

# Changes that the ATS told us of, whichever way: a poll and a webhook may report the same one.
_FROM_ATS = (Origin.EXPORT, Origin.POLL, Origin.WEBHOOK)
_ENDED = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN, ApplicationStatus.GONE)


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
    Whom a recruiter had picked for the job, or who was anonymized there, applies all the same: the row becomes theirs.
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
            created = created or _takes_over(application, data)
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


def store(upload: CheckedUpload) -> Document:
    """Put a file into storage, for a row that the caller saves. Repeat: another file."""
    # Before the transaction: five megabytes to a slow disk must not hold the write lock.
    document = Document(filename=upload.filename, extension=upload.extension, size_bytes=upload.size)
    document.file.save(upload.filename, ContentFile(upload.content), save=False)
    return document


def _candidate(data: ApplicationData) -> Candidate:
    email = data.email.strip().lower()
    names = {"first_name": data.first_name, "last_name": data.last_name}
    candidate, _ = Candidate.objects.by_email(email).get_or_create(defaults={"email": email, **names})
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


def _takes_over(application: Application, data: ApplicationData) -> bool:
    """Make of a row that is not, or no longer, in the person's own words what they hand in now.

    Effects: in the caller's transaction; what was known from elsewhere goes. True for one caller alone.
    """
    not_theirs = Q(origin=ApplicationOrigin.SOURCED) | Q(email="")
    own = {**NOBODY, **_as_written(data), "origin": ApplicationOrigin.APPLIED, "created_at": timezone.now()}
    if not Application.objects.filter(not_theirs, pk=application.pk).update(**own, confirmed_at=None):
        return False
    application.refresh_from_db()
    if application.status in _ENDED:
        set_status(application=application, status=ApplicationStatus.APPLIED)
        application.refresh_from_db(fields=["status", "status_at"])
    return True


def _complete(application: Application, answers: list[AnswerData], documents: Mapping[str | None, Document]) -> None:
    for document in documents.values():
        document.candidate = application.candidate
    Document.objects.bulk_create(documents.values())
    if None in documents:
        application.resume = documents[None]
        application.save(update_fields=["resume"])
    _store_answers(application, answers, documents)
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


def _store_answers(
    application: Application, answers: list[AnswerData], documents: Mapping[str | None, Document]
) -> None:
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


def _is_news(application_id: int, status: str, text: str, origin: Origin) -> bool:
    if not Application.objects.filter(pk=application_id, status=status).exists():
        return True
    origins = _FROM_ATS if origin in _FROM_ATS else (origin,)
    told = TimelineEvent.objects.filter(application=application_id, origin__in=origins)
    last = told.filter(kind__in=ABOUT_STATUS).order_by("-pk").first()
    return last is None or last.text != text
