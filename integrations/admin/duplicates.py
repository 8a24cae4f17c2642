"""Who may be in Greenhouse already, what was decided, and how recent people are recognised."""

from django.contrib import admin

from integrations.admin.base import OfConnectionAdmin
from integrations.models import PeopleReading, PossibleDuplicate, RemoteIdentity


@admin.register(PossibleDuplicate)
class PossibleDuplicateAdmin(OfConnectionAdmin):
    list_display = ("employer", "candidate", "remote_id", "evidence", "verdict", "decided_by", "decided_at")
    list_display_links = ("candidate",)
    list_filter = ("verdict", "connection__employer")
    joined = ("connection__employer", "candidate", "decided_by")
    search_fields = ("candidate__email", "candidate__last_name", "=remote_id", "connection__employer__name")
    search_help_text = "Candidate, e-mail, Greenhouse id or employer"
    date_hierarchy = "found_at"
    fields = ("connection", "candidate", "remote_id", "evidence", "found_at", "verdict", "decided_by", "decided_at")


@admin.register(PeopleReading)
class PeopleReadingAdmin(OfConnectionAdmin):
    list_display = ("employer", "is_on", "read_since", "began_at", "pages", "due_at")
    list_display_links = ("employer",)
    list_filter = ("is_on",)
    search_fields = ("connection__employer__name",)
    search_help_text = "Employer"
    fields = ("connection", "is_on", "read_since", "began_at", "pages", "due_at")


@admin.register(RemoteIdentity)
class RemoteIdentityAdmin(OfConnectionAdmin):
    list_display = ("employer", "remote_id", "kind", "active_at")
    list_display_links = ("remote_id",)
    list_filter = ("kind", "connection__employer")
    search_fields = ("=remote_id", "connection__employer__name")
    search_help_text = "Greenhouse id or employer"
    fields = ("connection", "remote_id", "kind", "active_at")
