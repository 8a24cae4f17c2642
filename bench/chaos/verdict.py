"""What Greenhouse holds in the end, by its own count, against what was owed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from integrations.greenhouse.export.files import planned_files
from integrations.models import Export, ExportState
from tests.sandbox_process import SandboxProcess

_SHOWN = (
    *("state", "problem_code", "step_in_flight", "attempts", "retry_at", "candidate_remote_id"),
    *("application_remote_id", "note_remote_id", "was_there"),
)


@dataclass(frozen=True)
class Counted:
    """How often each thing that is owed to one export is there: exactly once is right."""

    export: Export
    things: dict[str, int]

    @property
    def lost(self) -> list[str]:
        return [name for name, count in self.things.items() if count == 0]

    @property
    def doubled(self) -> list[str]:
        return [name for name, count in self.things.items() if count > 1]

    def lines(self) -> Iterator[str]:
        """Say whom it is about, what is wrong, and what our row and the timeline know."""
        export = self.export
        yield f"export {export.pk}: {export.application.email} on Greenhouse job {_job_id(export)}"
        yield f"  lost: {', '.join(self.lost) or 'nothing'}; doubled: {', '.join(self.doubled) or 'nothing'}"
        yield "  " + ", ".join(f"{name}={getattr(export, name)!s}" for name in _SHOWN)
        for file in export.files.all():
            yield f"  file {file.filename}: {file.remote_id or 'not there'} {file.problem_code}".rstrip()
        for event in export.application.timeline.order_by("pk"):
            yield f"  {event.at:%H:%M:%S} {event.text}"


@dataclass(frozen=True)
class Verdict:
    """Shape: `expected` exports; `others` names what is in Greenhouse twice, or at all, and nobody owed."""

    expected: int
    exports: tuple[Counted, ...]
    others: tuple[str, ...]

    @property
    def wrong(self) -> list[Counted]:
        return [one for one in self.exports if one.lost or one.doubled or one.export.state != ExportState.SENT]

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        unsent = sum(one.export.state != ExportState.SENT for one in self.exports) + self.expected - len(self.exports)
        lost = sum(bool(one.lost) for one in self.exports)
        doubled = sum(bool(one.doubled) for one in self.exports)
        sentences = [f"{unsent} of {self.expected} exports were not sent."] if unsent else []
        sentences += [f"{lost} exports lost something on the way."] if lost else []
        sentences += [f"{doubled} exports have something in Greenhouse more than once."] if doubled else []
        return [*sentences, *self.others]


def judge(sandbox: SandboxProcess, *, expected: int, people: int) -> Verdict:
    """Count everything in Greenhouse, and look for what each export owed."""
    there = _There(sandbox)
    rows = Export.objects.select_related("application__employer", "application__resume", "greenhouse_job")
    counted = tuple(Counted(export, there.of(export)) for export in rows.order_by("pk"))
    return Verdict(expected, counted, tuple(there.others(counted, people)))


class _There:
    """The census of the sandbox, in a form to ask."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self.census = sandbox.census()
        self._by_email: dict[str, list[int]] = {}
        for row in sandbox.records("candidates"):
            for address in row["email_addresses"]:
                self._by_email.setdefault(address["value"].casefold(), []).append(row["id"])
        self._applications: dict[tuple[int, int], list[int]] = {}
        for row in sandbox.records("applications"):
            self._applications.setdefault((row["candidate_id"], row["job_id"]), []).append(row["id"])
        self._files = Counter(
            {(row["application_id"], row["filename"]): row["count"] for row in self._rows("attachments")}
        )

    def of(self, export: Export) -> dict[str, int]:
        """Count what is owed to one export, by nothing that its own row says of Greenhouse."""
        people = self._by_email.get(export.application.email.casefold(), [])
        on_job = [one for person in people for one in self._applications.get((person, _job_id(export)), [])]
        # One application of ours, one link: the note of a person's other job carries another.
        link = f"{settings.BASE_URL}{export.application.get_absolute_url()}"
        notes = [row for row in self._rows("notes") if row["candidate_id"] in people and link in (row["body"] or "")]
        things = {"person": len(people), "application": len(on_job), "note": sum(row["count"] for row in notes)}
        for file in planned_files(export):
            things[file.filename] = sum(self._files[one, file.filename] for one in on_job)
        return things

    def others(self, counted: tuple[Counted, ...], people: int) -> Iterator[str]:
        """Whatever is there twice, and whatever is there and belongs to nobody."""
        for name, rows in self.census.items():
            twice = sum(row["count"] > 1 for row in rows)
            if twice:
                yield f"{twice} {name} are in Greenhouse more than once."
        files = sum(len(one.things) - 3 for one in counted)
        for name, most in (("people", people), ("applications", len(counted)), ("attachments", files)):
            found = sum(row["count"] for row in self._rows(name))
            if found > most:
                yield f"Greenhouse holds {found} {name}, and {most} are all there should be."
        if len(self._rows("notes")) > len(counted):
            yield f"Greenhouse holds {len(self._rows('notes'))} notes for {len(counted)} exports."

    def _rows(self, name: str) -> list[dict[str, Any]]:
        return self.census[name]


def _job_id(export: Export) -> int:
    assert export.greenhouse_job is not None
    return int(export.greenhouse_job.remote_id)
