"""What people decided about jobs, and what Greenhouse says of their pay."""

from typing import Any

from django.contrib import admin

from integrations.admin.base import EngineAdmin, OfConnectionAdmin
from integrations.models import FieldOverride, GreenhousePayRange, ImportChoice


@admin.register(FieldOverride)
class FieldOverrideAdmin(EngineAdmin):
    list_display = ("employer", "job", "words", "by", "at")
    list_display_links = ("words",)
    list_filter = ("field", "link__job__employer")
    joined = ("link__job__employer", "by")
    search_fields = ("link__job__title", "by__email", "link__job__employer__name")
    search_help_text = "Job, the e-mail of who typed, or employer"
    date_hierarchy = "at"
    fields = ("link", "field", "by", "at")

    @admin.display(description="Employer", ordering="link__job__employer__name")
    def employer(self, row: Any) -> str:
        return str(row.link.job.employer)

    @admin.display(description="Job", ordering="link__job__title")
    def job(self, row: Any) -> str:
        return str(row.link.job)


@admin.register(GreenhousePayRange)
class GreenhousePayRangeAdmin(OfConnectionAdmin):
    list_display = ("employer", "post_remote_id", "min_cents", "max_cents", "currency", "remote_id")
    list_display_links = ("post_remote_id",)
    list_filter = ("currency", "connection__employer")
    search_fields = ("=post_remote_id", "=remote_id", "connection__employer__name")
    search_help_text = "Greenhouse id of the post or the range, or employer"
    ordering = ("connection", "post_remote_id", "pk")
    fields = (
        *("connection", "post_remote_id", "input_remote_id", "min_cents", "max_cents", "currency"),
        *("remote_id", "seen_in"),
    )


@admin.register(ImportChoice)
class ImportChoiceAdmin(EngineAdmin):
    list_display = ("employer", "post", "switch", "user")
    list_display_links = ("post",)
    list_filter = ("switch", "post__connection__employer")
    joined = ("post__connection__employer", "user")
    search_fields = ("post__title", "user__email", "post__connection__employer__name")
    search_help_text = "Post, the e-mail of who chose, or employer"
    ordering = ("post__title", "pk")
    fields = ("post", "switch", "user")

    @admin.display(description="Employer", ordering="post__connection__employer__name")
    def employer(self, row: Any) -> str:
        return str(row.post.connection.employer)
