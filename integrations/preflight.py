"""What is wrong with somebody's data, said before anything is sent. No HTTP."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from candidates.models import Answer, Application, Document
from candidates.uploads import MAX_BYTES, UploadRefused, check_resume
from integrations.consent import refusal_of
from integrations.greenhouse.contacts import MAX_LINKS
from integrations.problems import PROBLEMS, Problem

# What accounts block as a rule (contract §6.9); the list of an account cannot be read.
_BLOCKED = frozenset(
    {*("html", "htm", "svg", "js", "vbs", "jar", "exe", "bat", "cmd", "com", "msi", "scr", "sh", "php")}
)
_STOPS_NOTHING = frozenset({"file_locked", "links_left_out", "one_name"})
_REFUSALS = {"missing": "file_empty", "empty": "file_empty", "too_big": "file_too_big"}
_BLOCKED_CONTENT = frozenset({"program", "web_page", "macros"})


@dataclass(frozen=True)
class Finding:
    """A problem in words, and the file it is about, if it is about one."""

    problem: Problem
    document: Document | None = None

    @property
    def filename(self) -> str:
        return self.document.filename if self.document else ""

    @property
    def blocks(self) -> bool:
        """False for what is only worth knowing."""
        return self.problem.code not in _STOPS_NOTHING


def preflight(application: Application, *, without: Collection[int] = ()) -> list[Finding]:
    """Find everything that Greenhouse would refuse or nobody could use there, the worst first.

    Effects: reads the files from storage, but for the documents that it is sent `without`.
    """
    found = [*_of_consent(application), *_of_person(application)]
    for document in documents_of(application):
        code = "" if document.pk in without else _of_file(document)
        if code:
            found.append(Finding(PROBLEMS[code], document))
    return sorted(found, key=lambda finding: not finding.blocks)


def blocking_problem(application: Application, *, without: Collection[int] = ()) -> str:
    """The code of the first problem that sending would run into; empty if there is none."""
    found = preflight(application, without=without)
    return next((finding.problem.code for finding in found if finding.blocks), "")


def documents_of(application: Application) -> list[Document]:
    """The files that belong to an application: the résumé first, then those that came as answers."""
    answers = Answer.objects.filter(application=application.pk).exclude(document=None).select_related("document")
    return [document for document in (application.resume, *(answer.document for answer in answers)) if document]


def _of_consent(application: Application) -> Iterator[Finding]:
    code = refusal_of(application)
    if code:
        yield Finding(PROBLEMS[code])


def _of_person(application: Application) -> Iterator[Finding]:
    email = application.email.strip()
    if not email:
        yield Finding(PROBLEMS["no_email"])
    elif not all(_is_email(one) for one in (email, *application.other_emails)):
        yield Finding(PROBLEMS["bad_email"])
    if not application.name:
        yield Finding(PROBLEMS["no_name"])
    elif not (application.first_name.strip() and application.last_name.strip()):
        yield Finding(PROBLEMS["one_name"])
    if len(application.links) > MAX_LINKS:
        yield Finding(PROBLEMS["links_left_out"])


def _is_email(text: str) -> bool:
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return True


def _of_file(document: Document) -> str:
    if {document.extension.lower(), PurePosixPath(document.filename).suffix.lower().lstrip(".")} & _BLOCKED:
        return "file_blocked"
    try:
        with document.file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
            kind = check_resume(stream).extension
    except FileNotFoundError:
        return "resume_lost"
    except UploadRefused as refusal:
        if refusal.code in _BLOCKED_CONTENT:
            return "file_blocked"
        return _REFUSALS.get(refusal.code, "file_wrong_ending")
    if kind != document.extension.lower():
        return "file_wrong_ending"
    # Where a PDF is encrypted, its trailer says so in plain text.
    return "file_locked" if kind == "pdf" and b"/Encrypt" in content else ""
