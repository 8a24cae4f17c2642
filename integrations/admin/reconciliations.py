"""How Greenhouse differs from what we believe."""

from typing import Any, ClassVar

from django.contrib import admin

from integrations.admin.base import EngineAdmin, OfConnectionAdmin, ProblemFilter, problem_title, problem_words
from integrations.models import CheckedPerson, Finding, Reconciliation


@admin.register(Reconciliation)
class ReconciliationAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "state", "total", "checked", "found_count", "requested_by", "created_at", "finished_at"),
        problem_title,
    )
    list_display_links = ("state",)
    list_filter = ("state", ProblemFilter, "connection__employer")
    joined = ("connection__employer", "requested_by")
    search_fields = ("connection__employer__name", "requested_by__email")
    search_help_text = "Employer, or the e-mail of who asked"
    date_hierarchy = "created_at"
    fields: ClassVar[Any] = (
        *("connection", "state", "progress", "total", "checked", "found_count", "attempts", "requested_by"),
        *("created_at", "started_at", "finished_at", "retry_at", "lease_until", problem_words),
    )


@admin.register(Finding)
class FindingAdmin(OfConnectionAdmin):
    list_display = ("employer", "kind", "key", "export", "state", "found_at", "decided_by")
    list_display_links = ("kind",)
    list_filter = ("kind", "state", "connection__employer")
    joined = ("connection__employer", "export", "decided_by")
    search_fields = ("=key", "connection__employer__name")
    search_help_text = "What tells it from others, or employer"
    date_hierarchy = "found_at"
    fields = (
        *("connection", "kind", "key", "export", "candidate_remote_ids", "application_remote_ids"),
        *("state", "seen_in", "found_at", "decided_by", "decided_at"),
    )


@admin.register(CheckedPerson)
class CheckedPersonAdmin(EngineAdmin):
    list_display = ("employer", "remote_id", "reconciliation")
    list_display_links = ("remote_id",)
    list_filter = ("reconciliation__connection__employer",)
    joined = ("reconciliation__connection__employer",)
    search_fields = ("=remote_id", "reconciliation__connection__employer__name")
    search_help_text = "Greenhouse id or employer"
    ordering = ("pk",)
    fields = ("reconciliation", "remote_id")

    @admin.display(description="Employer", ordering="reconciliation__connection__employer__name")
    def employer(self, row: Any) -> str:
        return str(row.reconciliation.connection.employer)
