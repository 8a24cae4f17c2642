"""What members were told, and what they want to be told."""

from django.contrib import admin

from candidates.admin.base import ReadOnly
from candidates.models import Notice, NoticeChoice


@admin.register(Notice)
class NoticeAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "membership", "kind", "text", "read_at", "email_at", "emailed_at")
    list_filter = ("kind",)
    list_select_related = ("membership__user", "membership__employer")
    search_fields = ("membership__user__email", "text")
    date_hierarchy = "created_at"


@admin.register(NoticeChoice)
class NoticeChoiceAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("membership", "kind", "in_page", "by_email")
    list_filter = ("kind", "by_email")
    list_select_related = ("membership__user", "membership__employer")
    search_fields = ("membership__user__email",)
