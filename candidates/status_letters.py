"""Letters to applicants that they moved on, or were rejected: owed by a row, cancelled while it has not left.

A rejection is never told at once: the employer sets how long it may be taken back. Only who applied is written to, and
only of what happened lately: whoever connects an account full of history tells nobody of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator

from accounts.handing_over import is_settled, one_line
from candidates.letters import LETTERS_PER_SWEEP, LONGEST_TITLE
from candidates.models import Application, ApplicationStatus, LetterKind, LetterRule, StatusLetter

MOVED_ON_AFTER = timedelta(minutes=15)  # whoever was moved by a slip of the hand is moved back by then
NEWS_FOR = timedelta(days=3)
AT_LEAST = timedelta(hours=1)
_TOLD = {
    ApplicationStatus.INTERVIEWING: LetterKind.MOVED_ON,
    ApplicationStatus.OFFER: LetterKind.MOVED_ON,
    ApplicationStatus.REJECTED: LetterKind.REJECTED,
}


def follow(application_id: int, status: str, at: datetime) -> None:
    """Owe the applicant the letter that a new status asks for, and take back what it makes untrue.

    Effects: rows, in the caller's transaction. Repeat: harmless.
    """
    kind = _TOLD.get(ApplicationStatus(status))
    rows = StatusLetter.objects.filter(StatusLetter.OPEN, application=application_id)
    rows.exclude(kind=kind or "").update(cancelled_at=timezone.now())
    if kind is None or at < timezone.now() - NEWS_FOR:
        return
    application = Application.objects.select_related("employer__letter_rule").filter(pk=application_id).first()
    due_at = _due_at(application, kind, at) if application else None
    if due_at:
        StatusLetter.objects.bulk_create(
            [StatusLetter(application=application, kind=kind, due_at=due_at)], ignore_conflicts=True
        )


def _due_at(application: Application, kind: LetterKind, at: datetime) -> datetime | None:
    rule = rule_of(application)
    if application.is_sourced or not rule or not _allows(rule, kind):
        return None
    now = timezone.now()
    if kind == LetterKind.REJECTED:
        return max(at + timedelta(hours=rule.rejected_after_hours), now + AT_LEAST)
    was_told = StatusLetter.objects.filter(application=application, kind=kind, cancelled_at=None)
    return None if was_told.exists() else now + MOVED_ON_AFTER


def rule_of(application: Application) -> LetterRule | None:
    return getattr(application.employer, "letter_rule", None)


def _allows(rule: LetterRule, kind: LetterKind) -> bool:
    return rule.tells_rejected if kind == LetterKind.REJECTED else rule.tells_moved_on


def owed() -> list[int]:
    """Letters that are to leave now, the longest waiting first."""
    rows = StatusLetter.objects.filter(StatusLetter.OPEN, due_at__lte=timezone.now()).order_by("due_at")
    return list(rows.values_list("pk", flat=True)[:LETTERS_PER_SWEEP])


def write(letter_id: int) -> None:
    """Send one letter, if what it says is still so and the employer still wants it; else cancel it.

    Effects: at most one e-mail, outside any transaction. Neither address nor words go into the log.
    Repeat: harmless; only the caller that claims the letter sends it.
    """
    now = timezone.now()
    row = StatusLetter.objects.filter(StatusLetter.OPEN, pk=letter_id, due_at__lte=now)
    if not row.filter(_still_true()).update(sent_at=now):
        row.update(cancelled_at=now)
        return
    joined = ("application__job", "application__employer__letter_rule")
    letter = StatusLetter.objects.select_related(*joined).get(pk=letter_id)
    rule = rule_of(letter.application)
    if rule is None or not _allows(rule, LetterKind(letter.kind)):
        StatusLetter.objects.filter(pk=letter_id).update(sent_at=None, cancelled_at=now)
    elif not is_settled(_as_email(letter, rule), f"status letter {letter.pk}"):
        StatusLetter.objects.filter(pk=letter_id, sent_at=now).update(sent_at=None)


def _still_true() -> Q:
    here = Application.objects.filter(pk=OuterRef("application")).exclude(email="")
    rejected = here.filter(status=ApplicationStatus.REJECTED)
    moved_on = here.filter(status__in=(ApplicationStatus.INTERVIEWING, ApplicationStatus.OFFER))
    hired = Application.objects.filter(
        candidate=OuterRef("application__candidate"),
        employer=OuterRef("application__employer"),
        status=ApplicationStatus.HIRED,
    )
    is_rejected = Q(Exists(rejected), ~Exists(hired), kind=LetterKind.REJECTED)
    return is_rejected | Q(Exists(moved_on), kind=LetterKind.MOVED_ON)


def cancel_of(rule: LetterRule) -> None:
    """Take back what is owed of the kinds that the employer no longer allows. Repeat: harmless."""
    kinds = [kind for kind in LetterKind if not _allows(rule, kind)]
    rows = StatusLetter.objects.filter(StatusLetter.OPEN, application__employer=rule.employer_id, kind__in=kinds)
    rows.update(cancelled_at=timezone.now())


@dataclass(frozen=True, slots=True)
class Words:
    """A letter as the applicant reads it."""

    subject: str
    body: str


def words_of(kind: LetterKind, rule: LetterRule, *, job: str, company: str) -> Words:
    """Write a letter, with the employer's own words where it has some.

    Shape: {job} and {company} in them are filled in. Nothing that the applicant typed is in a letter, not even the
    name: whoever types a stranger's address must not speak to them through us.
    """
    job, company = Truncator(one_line(job)).chars(LONGEST_TITLE), one_line(company)
    own = rule.rejected_words if kind == LetterKind.REJECTED else rule.moved_on_words
    filled = own.replace("{job}", job).replace("{company}", company).strip()
    context = {"title": job, "employer": company, "own_words": filled, "kind": kind}
    subject, body = (
        render_to_string(f"candidates/email/{kind}_{part}.txt", context) for part in ("subject", "message")
    )
    # Without the mark of safe HTML that rendering leaves: pages show it, too.
    return Words(one_line(subject), body.strip())


def _as_email(letter: StatusLetter, rule: LetterRule) -> EmailMessage:
    application = letter.application
    title = application.job_title or "your application"
    words = words_of(LetterKind(letter.kind), rule, job=title, company=application.employer.name)
    jobs_url = settings.BASE_URL + application.employer.get_absolute_url()
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834: an out-of-office reply must not answer this
    return EmailMessage(words.subject, f"{words.body}\n{jobs_url}\n", to=[application.email], headers=headers)
