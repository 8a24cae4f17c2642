"""Which collections a sync reads, in what form, and how a page of each becomes rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from integrations.bulk import split_changed, upsert
from integrations.greenhouse import mapping
from integrations.greenhouse.parsing import Misfit
from integrations.greenhouse.schemas import (
    CustomLocationPayload,
    DepartmentPayload,
    JobBoardPayload,
    JobPayload,
    JobPostLocationPayload,
    JobPostPayload,
    OfficePayload,
    PayInputPayload,
    PayRangePayload,
    Record,
)
from integrations.greenhouse.scopes import listing_scope
from integrations.models import (
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePayRange,
    GreenhousePostLocation,
    SyncRun,
)

SKIPPED_KEPT = 100  # named one by one; the others are counted


@dataclass(frozen=True)
class Reading:
    """One collection of the career site: what to ask for and where it is kept."""

    collection: str
    schema: type[Record]
    model: type[models.Model]
    row: Callable[[Any, SyncRun], models.Model]
    unique: tuple[str, ...]
    params: Mapping[str, str] = field(default_factory=dict)
    after: str = ""  # starts only when that collection has been read to its end
    kept: frozenset[str] = frozenset()  # our own columns, which a reading must not touch
    is_optional: bool = False  # left out, and the rest goes on, where its scope is missing

    @property
    def scope(self) -> str:
        return listing_scope(f"/v3/{self.collection}")

    def rows(self, payloads: Iterable[Record], run: SyncRun) -> list[models.Model]:
        """Make the rows of one page, each once. Pure."""
        return [*{payload.id: self.row(payload, run) for payload in payloads}.values()]

    def save(self, rows: list[models.Model], run: SyncRun, *, marks_seen: bool = True) -> int:
        """Write the rows of one page in one statement per batch: those that are new or differ, and how many they were.

        Effects: `marks_seen` also notes on the others that this run saw them.
        Repeat: writes nothing but that note.
        """
        columns = {field.name for field in self.model._meta.concrete_fields} - {"id", *self.kept, *self.unique}
        changed, same = rows, list[Any]()
        if run.connection.full_synced_at:  # before the first reading's end nearly all is new, and looking is in vain
            changed, same = split_changed(rows, unique=self.unique, compared=columns - {"seen_in"})
        upsert(changed, unique=self.unique, update=columns)
        if marks_seen and same and self.has_marks:
            self.model._default_manager.filter(pk__in=same).update(seen_in=run)
        return len(changed)

    @property
    def has_marks(self) -> bool:
        return any(field.name == "seen_in" for field in self.model._meta.concrete_fields)

    def skip(self, misfits: Iterable[Misfit], run: SyncRun) -> None:
        """Name records that could not be read on the run, unsaved; those we know count as seen.

        Effects: one UPDATE where there are any: what Greenhouse still lists, however oddly, has not vanished.
        Repeat: a record is named once.
        """
        named = {(entry["collection"], entry["id"]) for entry in run.skipped}
        fresh = [one for one in misfits if not one.id or (self.collection, one.id) not in named]
        if not fresh:
            return
        room = max(0, SKIPPED_KEPT - len(run.skipped))
        run.skipped_count += len(fresh)
        run.skipped = [
            *run.skipped,
            *(
                {"collection": self.collection, "id": one.id, "title": one.title, "field": one.field}
                for one in fresh[:room]
            ),
        ]
        if self.has_marks:
            known = self.model._default_manager.filter(connection=run.connection_id)
            known.filter(remote_id__in=[one.id for one in fresh]).update(seen_in=run)


_NAME = ("connection", "kind", "remote_id")
_REMOTE = ("connection", "remote_id")

READINGS = {
    reading.collection: reading
    for reading in (
        Reading(
            "job_posts",
            JobPostPayload,
            GreenhouseJobPost,
            mapping.post_row,
            _REMOTE,
            params={"live": "true", "internal": "false"},
            kept=frozenset(
                {
                    *("greenhouse_job", "location", "first_seen_at", "decision", "decided_by", "decided_at"),
                    *("is_remote", "pay_ranges", "pay_min_cents", "pay_max_cents", "pay_currency", "pay_period"),
                }
            ),
        ),
        Reading(
            "jobs",
            JobPayload,
            GreenhouseJob,
            mapping.job_row,
            _REMOTE,
            params={"status": "open"},
            kept=frozenset({"department", "department_path", "offices", "employment_type"}),
        ),
        Reading("departments", DepartmentPayload, GreenhouseName, mapping.department_row, _NAME),
        Reading("offices", OfficePayload, GreenhouseName, mapping.office_row, _NAME),
        Reading(
            "job_board_custom_locations", CustomLocationPayload, GreenhouseName, mapping.custom_location_row, _NAME
        ),
        Reading(
            "job_post_locations",
            JobPostLocationPayload,
            GreenhousePostLocation,
            mapping.location_row,
            _REMOTE,
            after="job_posts",
        ),
        Reading("pay_inputs", PayInputPayload, GreenhouseName, mapping.pay_input_row, _NAME, is_optional=True),
        Reading(
            "pay_input_ranges",
            PayRangePayload,
            GreenhousePayRange,
            mapping.pay_range_row,
            _REMOTE,
            after="job_posts",
            is_optional=True,
        ),
    )
}

# Read only to tell why a post is not on the career site.
JOB_BOARDS = Reading("job_boards", JobBoardPayload, GreenhouseName, mapping.job_board_row, _NAME, is_optional=True)
