"""Which collections a sync reads, in what form, and how a page of each becomes rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from integrations.bulk import upsert
from integrations.greenhouse import mapping
from integrations.greenhouse.schemas import (
    CustomLocationPayload,
    DepartmentPayload,
    JobPayload,
    JobPostLocationPayload,
    JobPostPayload,
    OfficePayload,
    Record,
)
from integrations.models import (
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePostLocation,
    SyncRun,
)


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

    def save(self, payloads: Iterable[Record], run: SyncRun) -> int:
        """Write one page as rows in one statement per batch. Repeat: the same rows again. Units: rows."""
        rows = {payload.id: self.row(payload, run) for payload in payloads}  # ON CONFLICT wants each row once
        columns = {field.name for field in self.model._meta.concrete_fields}
        upsert([*rows.values()], unique=self.unique, update=columns - {*self.kept, *self.unique})
        return len(rows)


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
            kept=frozenset({"department", "department_path", "offices"}),
        ),
        Reading("departments", DepartmentPayload, GreenhouseName, mapping.name_row, _NAME),
        Reading("offices", OfficePayload, GreenhouseName, mapping.name_row, _NAME),
        Reading("job_board_custom_locations", CustomLocationPayload, GreenhouseName, mapping.name_row, _NAME),
        Reading(
            "job_post_locations",
            JobPostLocationPayload,
            GreenhousePostLocation,
            mapping.location_row,
            _REMOTE,
            after="job_posts",
        ),
    )
}
