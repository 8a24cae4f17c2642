"""E-mail to applicants: that an application arrived, and that one is there already. Owed by the row; a sweep finds it.

A letter is claimed before it leaves, so that none leaves twice, whoever wakes up in between. It is owed again only
where the mail server surely has not taken it; a server that fell silent half-way may have, and nobody is asked twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, get_text_list

from accounts.handing_over import is_settled, one_line
from candidates.models import Application, ApplicationOrigin
from jobs.questions import QuestionKind

# An answer that comes later than this puzzles more than it helps.
OWED_FOR = timedelta(days=3)
# Somebody who types another person's address must not be able to fill that person's inbox.
REPEATS_TOLD_EVERY = timedelta(days=1)
SAME_TRY = timedelta(minutes=5)  # pressed twice, or reloaded: the confirmation says it all
LETTERS_PER_SWEEP = 100
LONGEST_TITLE = 120


def note_repeat(application: Application) -> bool:
    """Owe the applicant a letter that the form came again, at most one a day; True when it is owed now.

    Repeat: harmless.
    """
    now = timezone.now()
    told_lately = Q(repeat_told_at__gt=now - REPEATS_TOLD_EVERY)
    rows = Application.objects.filter(pk=application.pk, created_at__lt=now - SAME_TRY)
    rows = rows.exclude(_repeat_owed(now)).exclude(told_lately)
    return rows.update(repeated_at=now) == 1


def owed() -> list[int]:
    """Applications whose applicants are owed a letter, the oldest first."""
    now = timezone.now()
    # One after the other, since each has its own index: this runs twice a minute, over every application there is.
    found = (Application.objects.filter(kind(now)).order_by("pk") for kind in (_confirmation_owed, _repeat_owed))
    return [pk for rows in found for pk in rows.values_list("pk", flat=True)[:LETTERS_PER_SWEEP]]


def write(application_id: int) -> None:
    """Send the applicant the letters that are owed.

    Effects: at most two e-mails, outside any transaction. The address and the words stay out of the log.
    Repeat: harmless; only the caller that claims a letter sends it.
    """
    _write_one(application_id, "confirmation", "confirmed_at", _confirmation_owed)
    _write_one(application_id, "repeat", "repeat_told_at", _repeat_owed)


def _confirmation_owed(now: datetime) -> Q:
    # Whoever was sourced has sent us nothing that could be confirmed.
    return Q(confirmed_at=None, origin=ApplicationOrigin.APPLIED, created_at__gt=now - OWED_FOR)


def _repeat_owed(now: datetime) -> Q:
    untold = Q(repeat_told_at=None) | Q(repeat_told_at__lt=F("repeated_at"))
    return untold & Q(repeated_at__gt=now - OWED_FOR)


def _write_one(application_id: int, kind: str, field: str, is_owed: Callable[[datetime], Q]) -> None:
    now = timezone.now()
    rows = Application.objects.filter(pk=application_id)
    if not rows.filter(is_owed(now)).update(**{field: now}):
        return
    application = rows.select_related("job__employer").get()
    if not is_settled(_letter(kind, application), f"application {application.pk}"):
        rows.filter(**{field: now}).update(**{field: None})


def _letter(kind: str, application: Application) -> EmailMessage:
    job = application.job
    assert job is not None  # noqa: S101 - whoever applied did so on a job; for the type checker
    # Nothing that the applicant typed: whoever types a stranger's address must not speak to them through us.
    context = {
        "title": Truncator(one_line(job.title)).chars(LONGEST_TITLE),
        "employer": one_line(job.employer.name),
        "received": _received(application),
        "job_url": settings.BASE_URL + job.get_absolute_url(),
        "jobs_url": settings.BASE_URL + job.employer.get_absolute_url(),
        "join_url": settings.BASE_URL + reverse("join"),
    }
    subject, body = (
        render_to_string(f"candidates/email/{kind}_{part}.txt", context) for part in ("subject", "message")
    )
    # RFC 3834: an out-of-office reply must not answer this.
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(one_line(subject), body, to=[application.email], headers=headers)


def _received(application: Application) -> str:
    """Say what came with an application: "your résumé, 3 answers and 1 more file"."""
    kinds = list(application.answers.values_list("kind", flat=True))
    file_count = kinds.count(QuestionKind.FILE)
    answer_count = len(kinds) - file_count
    parts = [
        "your résumé" if application.resume_id else "",
        f"{answer_count} answer{pluralize(answer_count)}" if answer_count else "",
        f"{file_count} more file{pluralize(file_count)}" if file_count else "",
    ]
    return get_text_list([part for part in parts if part], "and")
