"""Profiles for the people who run the installation: what somebody says of themselves is theirs to change."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from candidates.admin.base import ReadOnly
from candidates.models import DocumentText, HiddenFrom, Profile, ProfileTerm, Term


class HiddenFromInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = HiddenFrom
    fields = readonly_fields = ("name", "key")
    extra = 0


class ProfileTermInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = ProfileTerm
    fields = readonly_fields = ("term",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProfileTerm]:
        return super().get_queryset(request).select_related("term")


@admin.register(Profile)
class ProfileAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("candidate", "current_title", "level", "search_state", "is_listed", "joined_at", "updated_at")
    list_filter = ("search_state", "level", "remote", "is_listed", "joined_at")
    list_select_related = ("candidate",)
    search_fields = ("candidate__email", "candidate__first_name", "candidate__last_name")
    search_help_text = "Name or email"
    date_hierarchy = "joined_at"
    list_per_page = 50
    show_full_result_count = False
    exclude = ("terms",)
    inlines = (ProfileTermInline, HiddenFromInline)


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An operator may delete a word that is an insult; everybody who has it loses it."""

    list_display = ("name", "kind", "key")
    list_filter = ("kind",)
    search_fields = ("name", "key")
    readonly_fields = ("kind", "key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ProfileTerm, HiddenFrom)
class RowOfAProfileAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_select_related = ("profile__candidate",)
    search_fields = ("profile__candidate__email",)
    show_full_result_count = False


@admin.register(DocumentText)
class DocumentTextAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("document",)
    list_select_related = ("document",)
    search_fields = ("document__filename",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("text")
