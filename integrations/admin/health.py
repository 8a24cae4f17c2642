"""How connections have been, and whom they were handed to."""

from typing import ClassVar

from django.contrib import admin

from integrations.admin.base import EngineAdmin, OfConnectionAdmin, ProblemFilter
from integrations.models import HandOver, ProblemEntry, SetupInvitation, StepReport


@admin.register(StepReport)
class StepReportAdmin(OfConnectionAdmin):
    list_display = ("employer", "step", "problem_code", "at")
    list_display_links = ("step",)
    list_filter = ("step", ProblemFilter, "connection__employer")
    search_fields = ("connection__employer__name",)
    ordering = ("connection__employer__name", "pk")


@admin.register(ProblemEntry)
class ProblemEntryAdmin(OfConnectionAdmin):
    list_display = ("employer", "at", "step", "problem_code", "times")
    list_display_links = ("at",)
    list_filter = ("step", ProblemFilter, "connection__employer")
    search_fields = ("connection__employer__name", "=problem_code")
    date_hierarchy = "at"


@admin.register(SetupInvitation)
class SetupInvitationAdmin(EngineAdmin):
    joined: ClassVar[tuple[str, ...]] = ("employer", "invited_by")
    list_display = ("employer", "email", "invited_by", "created_at", "expires_at", "used_at")
    list_display_links = ("email",)
    list_filter = (("used_at", admin.EmptyFieldListFilter), "employer")
    search_fields = ("email", "employer__name")
    ordering = ("-pk",)


@admin.register(HandOver)
class HandOverAdmin(OfConnectionAdmin):
    list_display = ("employer", "kept_at", "kept_by")
    list_display_links = ("kept_at",)
    list_filter = ("connection__employer",)
    search_fields = ("connection__employer__name", "kept_by__email")
