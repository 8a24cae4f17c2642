"""What applicants are written, and what the team writes to each other."""

from django.contrib import admin

from candidates.admin.base import ReadOnly
from candidates.models import LetterRule, Note, StatusLetter


@admin.register(LetterRule)
class LetterRuleAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("employer", "tells_moved_on", "tells_rejected", "rejected_after_hours", "updated_at")
    list_select_related = ("employer",)
    search_fields = ("employer__name",)


@admin.register(StatusLetter)
class StatusLetterAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("due_at", "application", "kind", "sent_at", "cancelled_at")
    list_filter = ("kind", "application__employer")
    list_select_related = ("application__job", "application__employer")
    date_hierarchy = "due_at"


@admin.register(Note)
class NoteAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "employer", "candidate", "author", "edited_at")
    list_filter = ("employer",)
    list_select_related = ("employer", "candidate", "author")
    search_fields = ("candidate__email", "author__email")
    date_hierarchy = "created_at"
