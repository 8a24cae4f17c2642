"""Who of a team showed whom to whom: to look things up."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from candidates.admin.base import ReadOnly
from candidates.models import CandidateLink, Share, SharedWith


class SharedWithInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = SharedWith
    fields = readonly_fields = ("membership", "emailed_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[SharedWith]:
        return super().get_queryset(request).select_related("membership__user", "membership__employer")


@admin.register(Share)
class ShareAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "employer", "candidate", "by")
    list_filter = ("employer",)
    list_select_related = ("employer", "candidate", "by")
    search_fields = ("candidate__email", "by__email")
    date_hierarchy = "at"
    inlines = (SharedWithInline,)


@admin.register(SharedWith)
class SharedWithAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("share", "membership", "emailed_at")
    list_select_related = ("share", "membership__user", "membership__employer")
    search_fields = ("membership__user__email", "share__candidate__email")


@admin.register(CandidateLink)
class CandidateLinkAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("made_at", "employer", "candidate", "made_by", "revoked_at", "revoked_by")
    list_filter = ("employer", "revoked_at")
    list_select_related = ("employer", "candidate", "made_by", "revoked_by")
    search_fields = ("candidate__email", "made_by__email")
    date_hierarchy = "made_at"
    # Never the key: an operator is no member of the team.
    fields: ClassVar[tuple[str, ...]] = (*("employer", "candidate", "made_by", "made_at", "revoked_by", "revoked_at"),)
