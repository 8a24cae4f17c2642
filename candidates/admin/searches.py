"""The words that the search looks through."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from candidates.admin.base import ReadOnly
from candidates.models import ProfileText


@admin.register(ProfileText)
class ProfileTextAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("profile", "headline", "indexed_at")
    list_select_related = ("profile__candidate",)
    search_fields = ("profile__candidate__email",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("resume")
