"""Jobs for the people who run the installation."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.counting import count_of
from jobs import services
from jobs.html import clean
from jobs.models import Job, JobState

_MORE_WORDS = (
    *(("department", "employment_type"), ("pay_min_cents", "pay_max_cents", "pay_currency", "pay_period")),
    *("language", "description"),
)


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "employer", "state", "location", "department", "application_count", "live_since")
    list_filter = ("state", "is_remote", "employer")
    list_select_related = ("employer",)
    search_fields = ("title", "location", "department", "employer__name")
    search_help_text = "Title, place, department or employer"
    date_hierarchy = "created_at"
    list_per_page = 50
    autocomplete_fields = ("employer",)
    actions = ("put_live", "take_off", "close")
    # The state moves by the actions, which know what else goes with it.
    readonly_fields = (
        *("state", "closed_reason", "closed_at", "public_page", "live_since", "first_published_at"),
        *("created_by", "created_at", "updated_at"),
    )
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("employer", "title", ("location", "is_remote"), *_MORE_WORDS)}),
        (
            "On the company page",
            {"fields": ("state", ("closed_reason", "closed_at"), "live_since", "first_published_at", "public_page")},
        ),
        ("History", {"fields": ("created_by", "created_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows: QuerySet[Job] = super().get_queryset(request)
        return rows.annotate(applications_made=count_of(Job, "applications"))

    def get_readonly_fields(self, request: HttpRequest, obj: Job | None = None) -> Any:
        # Moving a job would hand its applicants to another employer.
        return self.readonly_fields if obj is None else ("employer", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Job, form: Any, change: bool) -> None:
        obj.description = clean(obj.description)
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    @admin.display(description="Applications", ordering="applications_made")
    def application_count(self, job: Job) -> int:
        return job.applications_made  # type: ignore[attr-defined, no-any-return]

    @admin.display(description="Page")
    def public_page(self, job: Job) -> SafeString | str:
        if not job.pk or not job.is_live:
            return "Only live jobs have one."
        return format_html('<a href="{0}">{0}</a>', job.get_absolute_url())

    @admin.action(description="Put live")
    def put_live(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._say(request, services.set_live(jobs=_ids(queryset), live=True), "put live")

    @admin.action(description="Take off the company page")
    def take_off(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self._say(request, services.set_live(jobs=_ids(queryset), live=False), "taken off")

    @admin.action(description="Close")
    def close(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        open_jobs = queryset.exclude(state=JobState.CLOSED)
        closed = [services.close_job(job=job, reason="Closed by the operator.") for job in open_jobs]
        self._say(request, sum(closed), "closed")

    def _say(self, request: HttpRequest, count: int, verb: str) -> None:
        noun = "job was" if count == 1 else "jobs were"
        self.message_user(request, f"{count} {noun} {verb}.", messages.SUCCESS if count else messages.WARNING)


def _ids(queryset: QuerySet[Job]) -> list[int]:
    # The annotated, joined queryset of the list cannot be updated on every database.
    return list(queryset.values_list("pk", flat=True))
