"""People who were sent at once."""

from typing import Any, ClassVar

from django.contrib import admin

from integrations.admin.base import EngineAdmin, OfConnectionAdmin
from integrations.models import Batch, BatchEntry


@admin.register(Batch)
class BatchAdmin(OfConnectionAdmin):
    list_display = ("employer", "to", "requested_by", "created_at")
    list_display_links = ("to",)
    list_filter = ("connection__employer",)
    joined = ("connection__employer", "requested_by")
    search_fields = ("to", "requested_by__email", "connection__employer__name")
    search_help_text = "Where to, who asked, or employer"
    fields = ("connection", "requested_by", "to", "created_at")
    date_hierarchy = "created_at"


@admin.register(BatchEntry)
class BatchEntryAdmin(EngineAdmin):
    list_display = ("employer", "batch", "application", "outcome", "export")
    list_display_links = ("application",)
    list_filter: ClassVar[Any] = ("outcome", "batch__connection__employer")
    joined = (
        "batch__connection__employer",
        "application__job",
        "application__employer",
        "application__candidate",
        "export",
    )
    search_fields = ("application__email", "batch__connection__employer__name")
    search_help_text = "E-mail or employer"
    fields = ("batch", "application", "outcome", "export")

    @admin.display(description="Employer", ordering="batch__connection__employer__name")
    def employer(self, row: BatchEntry) -> str:
        return str(row.batch.connection.employer)
