"""The steps of one export, as support reads them: what is done, under which id, when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from candidates.models import EventKind, TimelineEvent
from integrations.models import Export, ExportState, ExportStep, FileType


@dataclass(frozen=True)
class StepShown:
    """One step: `state` is done, in_flight, open or left_out."""

    label: str
    state: str
    remote_id: str = ""
    at: datetime | None = None
    note: str = ""
    is_file: bool = False


def steps_of(export: Export, events: Iterable[TimelineEvent], *, is_recruiter: bool) -> list[StepShown]:
    """List the steps in their order, files each by itself. One query.

    Only recruiters read what a file is called that is not the résumé: it may have come with a private answer.
    Shape: `events` are those of the application, from which the times come; other exports of it may have some too.
    """
    when: dict[str, datetime] = {}
    for event in sorted(events, key=lambda event: event.pk):
        if event.created_at >= export.created_at:
            when[event.kind] = event.created_at
    found = when.get(EventKind.FOUND)
    arrived = when.get(EventKind.SENT) or when.get(EventKind.LINKED)
    return [
        _step(export, ExportStep.PERSON, export.candidate_remote_id, found or arrived, "was there" if found else ""),
        _contacts(export),
        _step(
            export,
            ExportStep.APPLICATION,
            export.application_remote_id,
            arrived,
            "was there" if export.was_there else "",
        ),
        *_files(export, is_recruiter),
        _note(export, when.get(EventKind.NOTE_ADDED)),
    ]


def _step(export: Export, step: ExportStep, remote_id: str, at: datetime | None, note: str = "") -> StepShown:
    if remote_id:
        return StepShown(step.label, "done", remote_id, at, note)
    return StepShown(step.label, "in_flight" if export.step_in_flight == step else "open")


def _contacts(export: Export) -> StepShown:
    if export.contacts_checked_at:
        return StepShown(ExportStep.CONTACTS.label, "done", at=export.contacts_checked_at)
    return _step(export, ExportStep.CONTACTS, "", None)


def _files(export: Export, is_recruiter: bool) -> list[StepShown]:
    rows, in_flight = [], export.step_in_flight == ExportStep.FILE
    for file in export.files.all():
        if file.remote_id or file.is_left_out:
            state = "done" if file.remote_id else "left_out"
        else:  # the first one without an id is the one in flight
            state, in_flight = "in_flight" if in_flight else "open", False
        name = file.filename if is_recruiter or file.type == FileType.RESUME else ""
        rows.append(StepShown(file.get_type_display(), state, file.remote_id, note=name, is_file=True))
    return rows or [StepShown(ExportStep.FILE.label, "left_out" if export.state == ExportState.SENT else "open")]


def _note(export: Export, at: datetime | None) -> StepShown:
    if export.is_without_note:
        return StepShown(ExportStep.NOTE.label, "left_out")
    return _step(export, ExportStep.NOTE, export.note_remote_id, at)
