"""What the steps of one attempt share: the row, the client, and the way each step is committed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from django.conf import settings
from django.db import transaction

from candidates.models import ApplicationStatus, EventKind, Origin
from candidates.services import record_status, tell
from integrations.greenhouse.client import GreenhouseClient
from integrations.greenhouse.schemas import CandidatePayload
from integrations.models import Export, ExportFile, ExportState, ExportStep, GreenhousePerson


class NeedsPerson(Exception):
    """The export cannot go on until somebody acts; `code` names the problem."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Superseded(Exception):
    """The export is no longer ours: cancelled, deleted with its candidate, job or employer, or taken over."""


@dataclass
class Walk:
    """One attempt at one export: the row, the person's shared row, and the door to Greenhouse.

    Shape: `found` is the person as read in this attempt. `left_open` is the step that an earlier attempt did not live
    to see the end of: what is found of it is ours. `application_is_new` tells that we made it: unless an
    earlier attempt left something in doubt, nothing can hang on it but what is committed.
    """

    export: Export
    person: GreenhousePerson
    client: GreenhouseClient
    came_back: bool = False  # an earlier attempt may have got further than it could commit
    left_open: str = ""
    found: CandidatePayload | None = None
    has_moved: bool = False  # the person is no longer where we left them
    person_is_new: bool = False
    application_is_new: bool = False
    has_written: bool = False
    has_begun: bool = False
    refused_files: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, export: Export, person: GreenhousePerson, client: GreenhouseClient) -> Self:
        """Begin, or go on where the attempt before was put off with nothing in doubt."""
        return cls(
            export,
            person,
            client,
            came_back=export.attempts > 1,
            left_open=export.step_in_flight,
            application_is_new=bool(export.application_remote_id) and not export.was_there,
        )

    @property
    def leaves_doubt(self) -> bool:
        """True if the next attempt has to read back, and so this one counts as one.

        It need not where this one wrote nothing, or where all that was ever written hangs on an application of ours
        and is committed. Shape: for an attempt that ended with no write under way.
        """
        return self.has_moved or (self.has_written and not self.application_is_new)

    @property
    def link(self) -> str:
        """Where the person is with us; it marks what we wrote as ours."""
        return f"{settings.BASE_URL}{self.export.application.get_absolute_url()}"

    def ensure_ours(self) -> None:
        """Raises: Superseded."""
        if not self._rows().filter(state=ExportState.SENDING).exists():
            raise Superseded

    def begin(self, step: ExportStep) -> None:
        """Commit that a write is about to leave.

        Raises: Superseded; then nothing may leave.
        """
        if not self._rows().filter(state=ExportState.SENDING).update(step_in_flight=step):
            raise Superseded
        self.has_written = self.has_begun = True
        self.export.step_in_flight = step

    def commit(
        self,
        *,
        in_flight: str = "",
        event: tuple[EventKind, str] | None = None,
        file: ExportFile | None = None,
        **values: Any,
    ) -> None:
        """Commit what a step led to, with its line in the timeline, before anything else happens.

        Shape: `values` are fields of the export, `file` one of its files that changed. `in_flight` names what the
        same write may have led to without saying so.
        Raises: Superseded; whoever took over reads back what we did.
        """
        with transaction.atomic():
            if not self._rows().update(step_in_flight=in_flight, **values):
                raise Superseded
            if file:
                file.save(update_fields=["remote_id", "problem_code"])
            if event:
                self._tell(*event)
        self.has_begun = False
        self.export.step_in_flight = in_flight
        for name, value in values.items():
            setattr(self.export, name, value)

    def nothing_left(self) -> None:
        """Commit that the write which was about to leave never did. Repeat: harmless."""
        if self.has_begun and self._rows().update(step_in_flight=""):
            self.has_begun, self.export.step_in_flight = False, ""

    def remark(self, code: str) -> None:
        """Note on the export what goes differently than asked for. Repeat: once."""
        if code not in self.export.remarks:
            self.export.remarks = [*self.export.remarks, code]
            self._rows().update(remarks=self.export.remarks)

    def may(self, scopes: Iterable[str]) -> bool:
        return self.export.connection.may(*scopes)

    def _rows(self) -> Any:
        # `attempts` is our ticket: whoever claims the row after us holds another.
        return Export.objects.filter(pk=self.export.pk, attempts=self.export.attempts)

    def _tell(self, kind: EventKind, text: str) -> None:
        export = self.export
        said: dict[str, Any] = {
            "application": export.application,
            "kind": kind,
            "text": text,
            "origin": Origin.EXPORT,
            "actor": export.requested_by,
            "as_whom": export.connection.acting_user_name,
        }
        in_greenhouse = kind in (EventKind.SENT, EventKind.LINKED)
        if in_greenhouse and export.application.status == ApplicationStatus.APPLIED:
            record_status(status=ApplicationStatus.SENT, **said)
        else:
            tell(**said)
