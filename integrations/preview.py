"""What sending one person would write in Greenhouse, field by field, before anything is sent.

The requests are built by the functions that build them for an export, from an export that is not saved, and whoever is
there is looked up by the very search that an export uses: so it cannot tell anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import User
from candidates.models import Application, Document
from integrations.arrival import Arrival
from integrations.consent import has_private_email
from integrations.credentials import client_for
from integrations.fields import DecryptionError
from integrations.greenhouse import outgoing, search
from integrations.greenhouse.contacts import Contacts, additions
from integrations.greenhouse.errors import GreenhouseError
from integrations.greenhouse.export.applying import applications_there
from integrations.greenhouse.export.credit import referrer_of
from integrations.greenhouse.export.files import planned_files, type_beside
from integrations.greenhouse.export.finding import known_by_email
from integrations.greenhouse.export.notes import note_of
from integrations.greenhouse.export.walk import NeedsPerson, Walk
from integrations.greenhouse.schemas import ApplicationPayload, AttachmentPayload, CandidatePayload
from integrations.greenhouse.scopes import CONTACTS, NOTES
from integrations.greenhouse.search import Suspect
from integrations.greenhouse.sight import prove_sight
from integrations.models import Connection, Export, ExportFile, ExportState, GreenhouseJob, GreenhousePerson
from integrations.preflight import Finding, preflight
from integrations.problems import PROBLEMS, Problem, code_for

_LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email_addresses": "Email",
    "phone_numbers": "Phone",
    "website_addresses": "Website",
    "social_media_addresses": "Social media",
    "company": "Company",
    "title": "Title",
    "tags": "Tag",
    "job_id": "Job",
    "job_ids": "Job",
    "prospect": "Prospect",
    "prospect_pool_id": "Prospect pool",
    "prospect_pool_stage_id": "Pool stage",
    "source_id": "Source",
    "referrer_id": "Credit",
    "initial_stage_id": "Stage",
}
_PRIVATE = "their email address, which only Greenhouse is given"


@dataclass(frozen=True, slots=True)
class Line:
    """One field that is written. `is_new` is False for what stands there already and is only written along."""

    label: str
    value: str
    is_new: bool = True


@dataclass(slots=True)
class Preview:
    """Everything that would be written, and what was found.

    Shape: `export` is not saved; `earlier` is what was owed for this person and job before. `problem` is why we could
    not look, or what stands in the way if `is_stopped`.
    """

    export: Export
    earlier: Export | None = None
    findings: list[Finding] = field(default_factory=list)
    problem: Problem | None = None
    is_stopped: bool = False
    has_looked: bool = False
    found: CandidatePayload | None = None
    suspects: tuple[Suspect, ...] = ()
    there: ApplicationPayload | None = None
    person: list[Line] = field(default_factory=list)
    application: list[Line] = field(default_factory=list)
    files: list[tuple[ExportFile, bool]] = field(default_factory=list)
    note: str = ""
    note_is_private: bool = False
    remarks: list[Problem] = field(default_factory=list)

    @property
    def can_send(self) -> bool:
        """False while it would stop before a person again, whatever files are left out; and for what is under way."""
        is_over = self.earlier is not None and not self.earlier.can_send_again
        return not is_over and not any(finding.blocks for finding in self.findings if not finding.document)

    @property
    def blocked_files(self) -> list[Document]:
        """Those that cannot be sent; without them, the person can."""
        return [finding.document for finding in self.findings if finding.blocks and finding.document]

    @property
    def is_new_person(self) -> bool:
        return self.has_looked and self.found is None and not self.suspects and not self.is_stopped


def preview(
    *,
    application: Application,
    connection: Connection,
    greenhouse_job: GreenhouseJob | None,
    arrival: Arrival,
    by: User,
) -> Preview:
    """Tell what `sending.send_application` with the same arguments would lead to.

    Effects: reads at Greenhouse, about four requests; whom to credit is remembered as an export would. Writes nothing
    there. With Greenhouse down it still tells what would be written for somebody new.
    """
    export = Export(
        connection=connection,
        candidate=application.candidate,
        application=application,
        greenhouse_job=greenhouse_job,
        requested_by=by,
        **arrival.as_fields(),
    )
    seen = Preview(export, earlier=_earlier(export))
    if seen.earlier and seen.earlier.state == ExportState.SENT:
        return seen
    seen.findings = preflight(application)
    walk = Walk(export, GreenhousePerson(), client_for(connection))
    attachments = _look(seen, walk)
    _write(seen, walk, attachments)
    seen.remarks += export.remarks_in_words
    if has_private_email(application):
        _veil(seen, application)
    return seen


def _veil(seen: Preview, application: Application) -> None:
    """Keep the address of somebody of the network off the page: only Greenhouse is to get it."""
    seen.person = [
        replace(line, value=_PRIVATE) if line.label == _LABELS["email_addresses"] and line.is_new else line
        for line in seen.person
    ]
    seen.note = seen.note.replace(application.email, f"({_PRIVATE})")


def _earlier(export: Export) -> Export | None:
    rows = Export.objects.filter(connection=export.connection, candidate=export.candidate)
    return rows.filter(greenhouse_job=export.greenhouse_job).select_related("application__employer").first()


def _look(seen: Preview, walk: Walk) -> list[AttachmentPayload]:
    """Look who and what is there; return the files that are there."""
    export = walk.export
    if not export.connection.is_active:
        seen.problem = export.connection.problem
        return []
    attachments: list[AttachmentPayload] = []
    try:
        _look_for_person(seen, walk)
        if seen.found:
            export.candidate_remote_id = str(seen.found.id)
            seen.there = next(iter(applications_there(walk)), None)
        if seen.there:
            attachments = walk.client.fetch_attachments(application_id=seen.there.id)
        seen.has_looked = True
    except NeedsPerson as exc:
        seen.problem, seen.is_stopped, seen.has_looked = PROBLEMS[exc.code], True, True
    except DecryptionError:
        seen.problem = PROBLEMS["secret_unreadable"]
    except GreenhouseError as exc:
        seen.problem = PROBLEMS[code_for(exc)]
    return attachments


def _look_for_person(seen: Preview, walk: Walk) -> None:
    export = walk.export
    found = search.find_person(
        walk.client,
        connection=export.connection,
        application=export.application,
        greenhouse_job=export.greenhouse_job,
    )
    if found.is_hidden:
        raise NeedsPerson("person_hidden")
    if found.certain is None and found.chosen_is_gone:
        raise NeedsPerson("chosen_person_gone")
    if found.certain is None and not found.unsure:
        prove_sight(walk.client, export.connection.pk)
    if found.certain and found.is_known:
        known_by_email(walk, found.certain)
    seen.found, seen.suspects = found.certain, found.unsure


def _write(seen: Preview, walk: Walk, attachments: list[AttachmentPayload]) -> None:
    """Build what would be written."""
    export, application = walk.export, walk.export.application
    if seen.found is None:
        seen.person = _lines(outgoing.candidate_body(application))
    else:
        _write_additions(seen, walk, seen.found)
    if seen.there is None:
        part = outgoing.application_part(export, export.connection, _referrer(seen, walk))
        seen.application = _application_lines(export, outgoing.in_stage(export, part))
    names = {row.filename for row in attachments}
    for file in planned_files(export):
        file.type = type_beside(walk, file, attachments)
        seen.files.append((file, file.filename in names))
    if walk.may(NOTES.scopes):
        seen.note, seen.note_is_private = note_of(walk)


def _write_additions(seen: Preview, walk: Walk, theirs: CandidatePayload) -> None:
    body = additions(theirs, Contacts.of(walk.export.application), outgoing.TAG)
    if theirs.private:
        seen.remarks.append(PROBLEMS["person_private"])
    if body and not walk.may(CONTACTS.scopes):
        seen.remarks.append(PROBLEMS["contacts_not_allowed"])
        return
    seen.person = _lines(body, theirs)


def _referrer(seen: Preview, walk: Walk) -> str:
    if not seen.has_looked:
        return ""
    try:
        return referrer_of(walk)
    except GreenhouseError as exc:
        seen.problem = seen.problem or PROBLEMS[code_for(exc)]
        return ""


def _lines(body: dict[str, Any], theirs: CandidatePayload | None = None) -> list[Line]:
    return [
        Line(_LABELS.get(name, name), _text(entry), _raw(entry) not in _values_of(theirs, name))
        for name, value in body.items()
        for entry in (value if isinstance(value, list) else [value])
        if _raw(entry)
    ]


def _application_lines(export: Export, part: dict[str, Any]) -> list[Line]:
    """The fields of the application, with the names behind the ids."""
    names = {
        "job_id": export.greenhouse_job.name if export.greenhouse_job else "",
        "job_ids": export.greenhouse_job.name if export.greenhouse_job else "None, only a prospect",
        "prospect": "Yes",
        "source_id": export.source_name if export.source_remote_id else export.connection.source_name,
        "referrer_id": str(export.credit_to or ""),
        "prospect_pool_id": export.pool_name,
        "prospect_pool_stage_id": export.pool_stage_name,
        "initial_stage_id": export.stage_name,
    }
    lines = [Line(_LABELS.get(name, name), names.get(name) or str(value)) for name, value in part.items()]
    if "initial_stage_id" not in part and not export.is_prospect:
        lines.append(Line("Stage", "The first stage of the job"))
    if "referrer_id" not in part:
        lines.append(Line("Credit", f"{export.connection.acting_user_name or 'The service user'}, as whom we act"))
    return lines


def _values_of(theirs: CandidatePayload | None, name: str) -> set[str]:
    entries: Iterable[Any] = getattr(theirs, name, None) or () if theirs else ()
    return set() if isinstance(entries, str) else {_raw(entry) for entry in entries}


def _raw(entry: Any) -> str:
    if isinstance(entry, dict):
        return str(entry["value"])
    return str(getattr(entry, "value", entry))


def _text(entry: Any) -> str:
    kind = entry.get("type") if isinstance(entry, dict) else ""
    return f"{_raw(entry)} ({kind})" if kind else _raw(entry)
