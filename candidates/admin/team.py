"""What employers' teams did with people of the network, and who looked at whom: never rewritten."""

from django.contrib import admin

from candidates.admin.base import ReadOnly
from candidates.models import Activity, Mark, ProfileAccess


@admin.register(Mark)
class MarkAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "membership", "candidate", "kind")
    list_filter = ("kind",)
    list_select_related = ("membership__user", "membership__employer", "candidate")
    search_fields = ("candidate__email", "membership__user__email")


@admin.register(Activity)
class ActivityAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "employer", "candidate", "kind", "text", "actor")
    list_filter = ("kind", "employer")
    list_select_related = ("employer", "candidate", "actor")
    search_fields = ("candidate__email", "actor__email", "text")
    date_hierarchy = "at"


@admin.register(ProfileAccess)
class ProfileAccessAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "employer", "user", "candidate", "kind")
    list_filter = ("kind", "employer", "on")
    list_select_related = ("employer", "user", "candidate")
    search_fields = ("candidate__email", "user__email")
    date_hierarchy = "at"
    show_full_result_count = False
