"""The words that the search looks through, and the searches that members keep."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from candidates.admin.base import ReadOnly
from candidates.models import ProfileText, SavedSearch


@admin.register(ProfileText)
class ProfileTextAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("profile", "headline", "indexed_at")
    list_select_related = ("profile__candidate",)
    search_fields = ("profile__candidate__email",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("resume")


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "membership", "wants_email", "told_until", "created_at")
    list_filter = ("wants_email",)
    list_select_related = ("membership__user", "membership__employer")
    search_fields = ("name", "membership__user__email")
