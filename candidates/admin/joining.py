"""Links to log in for the people who run the installation: who asked, when, and whether it was used."""

from django.contrib import admin

from candidates.admin.base import ReadOnly
from candidates.models import SignIn


@admin.register(SignIn)
class SignInAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("email", "asked_at", "sent_at", "used_at")
    search_fields = ("email",)
    search_help_text = "Email"
    date_hierarchy = "asked_at"
    # Never `key_hash`: nothing can be done with it.
    fields = ("email", "changes", "asked_at", "sent_at", "used_at")
