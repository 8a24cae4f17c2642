"""What was read from the employers' career sites, and which of it feeds our jobs."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Model, OuterRef, QuerySet, Subquery, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.counting import count_of
from integrations.admin.base import EngineAdmin, OfConnectionAdmin, list_of
from integrations.models import (
    FieldOverride,
    GreenhouseJob,
    GreenhouseJobPost,
    GreenhouseName,
    GreenhousePostLocation,
    JobLink,
)
from jobs.html import clean
from jobs.questions import read_questions


class FieldOverrideInline(admin.TabularInline):  # type: ignore[type-arg]
    """What a recruiter typed over, beside the link it belongs to; the words themselves are in the job."""

    model = FieldOverride
    fields = ("words", "by", "at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    verbose_name_plural = "typed over"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FieldOverride]:
        return super().get_queryset(request).select_related("by")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(JobLink)
class JobLinkAdmin(EngineAdmin):
    """The one thing here that may be deleted: it loses nothing, and the employer makes it anew on *Edit*."""

    list_display = (
        *("employer", "job", "post", "is_imported", "overridden", "asks_to_reopen", "sends", "linked_by", "created_at"),
    )
    list_display_links = ("job",)
    list_filter = (
        *("is_imported", "asks_to_reopen", "sends", "sends_as"),
        *("job__state", "post__is_live", "post__connection__employer"),
    )
    joined = ("job__employer", "post", "linked_by")
    search_fields = ("job__title", "post__title", "=post__remote_id", "job__employer__name", "linked_by__email")
    search_help_text = "Job, post, Greenhouse id, employer or the e-mail of who linked it"
    date_hierarchy = "created_at"
    inlines = (FieldOverrideInline,)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("job", "post", "is_imported", "reopen_as", "asks_to_reopen", "linked_by", "created_at")}),
        (
            "Sending",
            {
                "fields": (
                    ("sends", "sends_as", "credit_to"),
                    ("stage_name", "stage_remote_id"),
                    ("source_name", "source_remote_id"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobLink]:
        rows: QuerySet[JobLink] = super().get_queryset(request)
        return rows.prefetch_related("overrides")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[Any], Any]:
        rows, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        # What was typed over belongs to the link; the words themselves stay in the job.
        return rows, counts, perms_needed - {"field override"}, protected

    @admin.display(description="Employer", ordering="job__employer__name")
    def employer(self, link: JobLink) -> str:
        return str(link.job.employer)

    @admin.display(description="Typed over")
    def overridden(self, link: JobLink) -> str:
        return ", ".join(link.overridden) or "-"


@admin.register(GreenhouseJob)
class GreenhouseJobAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "name", "requisition_id", "status", "department", "employment_type"),
        *("post_count", "export_count", "remote_updated_at"),
    )
    list_display_links = ("name",)
    list_filter = ("status", "is_template", "is_confidential", "connection__employer")
    search_fields = ("name", "requisition_id", "department", "=remote_id", "connection__employer__name")
    search_help_text = "Name, requisition id, department, Greenhouse id or employer"
    date_hierarchy = "remote_updated_at"
    fields = (
        *("connection", "name", "requisition_id", "status", "is_template", "is_confidential", "department"),
        *("department_path", "offices", "employment_type", "own_fields", "post_count", "export_count"),
        *("remote_id", "opened_at", "remote_updated_at", "seen_in"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GreenhouseJob]:
        rows: QuerySet[GreenhouseJob] = super().get_queryset(request)
        return rows.annotate(
            posts_here=count_of(GreenhouseJob, "posts"), exports_here=count_of(GreenhouseJob, "exports")
        )

    @admin.display(description="Custom fields")
    def own_fields(self, job: GreenhouseJob) -> SafeString | str:
        lines = (f"{name}: {text or '-'} ({key})" for key, (name, text) in job.custom_fields.items())
        return list_of(lines) or "-"

    @admin.display(description="Posts", ordering="posts_here")
    def post_count(self, job: Any) -> int:
        return int(job.posts_here)

    @admin.display(description="Exports", ordering="exports_here")
    def export_count(self, job: Any) -> int:
        return int(job.exports_here)


@admin.register(GreenhouseJobPost)
class GreenhouseJobPostAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "title", "greenhouse_job", "location", "offered", "is_live", "is_internal"),
        *("decision", "our_job", "remote_updated_at"),
    )
    list_display_links = ("title",)
    list_filter = ("decision", "is_live", "is_internal", "greenhouse_job__status", "connection__employer")
    joined = ("connection__employer", "greenhouse_job", "link__job")
    search_fields = ("title", "location", "greenhouse_job__name", "=remote_id", "connection__employer__name")
    search_help_text = "Title, place, Greenhouse job, Greenhouse id or employer"
    date_hierarchy = "remote_updated_at"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("connection", "title", ("location", "is_remote"), "greenhouse_job", "our_job")}),
        ("Decision", {"fields": (("decision", "decided_by", "decided_at"),)}),
        (
            "In Greenhouse",
            {
                "fields": (
                    ("is_live", "is_internal", "is_active"),
                    *("offered_or_why_not", "language", "pay", "public_link"),
                )
            },
        ),
        ("Text", {"fields": ("preview", "asked")}),
        (
            "Reading",
            {
                "fields": (
                    ("remote_id", "job_remote_id", "board_remote_id"),
                    *("first_published_at", "first_seen_at", "remote_updated_at", "seen_in"),
                )
            },
        ),
    )

    @admin.display(description="Offered", boolean=True)
    def offered(self, post: GreenhouseJobPost) -> bool:
        return post.is_offered

    @admin.display(description="Offered to the employer")
    def offered_or_why_not(self, post: GreenhouseJobPost) -> str:
        return post.reason_not_offered or "Yes"

    @admin.display(description="Our job", ordering="link__job__title")
    def our_job(self, post: GreenhouseJobPost) -> SafeString | str:
        if not hasattr(post, "link"):
            return "-"
        address = reverse("admin:jobs_job_change", args=[post.link.job_id])
        return format_html('<a href="{}">{}</a>', address, post.link.job)

    @admin.display(description="Public address")
    def public_link(self, post: GreenhouseJobPost) -> SafeString | str:
        if not post.public_url.startswith(("https://", "http://")):
            return post.public_url or "-"
        return format_html('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>', post.public_url)

    @admin.display(description="Pay")
    def pay(self, post: GreenhouseJobPost) -> SafeString | str:
        lines = (
            f"{one['title']}: {_whole(one['min_cents'])}–{_whole(one['max_cents'])} {one['currency']} / {one['period']}"
            for one in post.pay_ranges
        )
        return list_of(lines) or "-"

    @admin.display(description="Questions")
    def asked(self, post: GreenhouseJobPost) -> SafeString | str:
        return list_of(f"{one.label} ({one.kind.label})" for one in read_questions(post.questions)) or "-"

    @admin.display(description="As candidates read it")
    def preview(self, post: GreenhouseJobPost) -> SafeString | str:
        # Stored clean; cleaned again, because this page trusts no row.
        return mark_safe(clean(post.content)) or "-"  # noqa: S308


@admin.register(GreenhouseName)
class GreenhouseNameAdmin(OfConnectionAdmin):
    list_display = ("employer", "name", "kind", "remote_id", "parent_name", "is_live")
    list_display_links = ("name",)
    list_filter = ("kind", "is_live", "connection__employer")
    search_fields = ("name", "=remote_id", "connection__employer__name")
    search_help_text = "Name, Greenhouse id or employer"
    ordering = ("name", "pk")
    fields = ("connection", "name", "kind", "remote_id", "parent_name", "parent_remote_id", "position", "is_live")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GreenhouseName]:
        rows: QuerySet[GreenhouseName] = super().get_queryset(request)
        return rows.annotate(parent=_name_behind("parent_remote_id", kind_field="kind"))

    @admin.display(description="Under", ordering="parent")
    def parent_name(self, row: Any) -> str:
        return row.parent or "-"


@admin.register(GreenhousePostLocation)
class GreenhousePostLocationAdmin(OfConnectionAdmin):
    list_display = ("employer", "post_title", "kind", "text", "place", "remote_id")
    list_display_links = ("post_title",)
    list_filter = ("kind", "connection__employer")
    search_fields = ("text", "=post_remote_id", "=remote_id", "connection__employer__name")
    search_help_text = "Text, Greenhouse id of the post or the place, or employer"
    ordering = ("connection", "post_remote_id", "pk")
    fields = (
        *("connection", "post_title", "post_remote_id", "kind", "text", "place", "name_remote_id"),
        *("remote_id", "seen_in"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GreenhousePostLocation]:
        post = GreenhouseJobPost.objects.filter(connection=OuterRef("connection"), remote_id=OuterRef("post_remote_id"))
        kind = Case(
            When(kind="office", then=Value(GreenhouseName.Kind.OFFICE.value)),
            default=Value(GreenhouseName.Kind.CUSTOM_LOCATION.value),
        )
        rows: QuerySet[GreenhousePostLocation] = super().get_queryset(request)
        return rows.annotate(
            of_post=Subquery(post.values("title")[:1]),
            wanted_kind=kind,
            name_here=_name_behind("name_remote_id", kind_field="wanted_kind"),
        )

    @admin.display(description="Post", ordering="of_post")
    def post_title(self, row: Any) -> str:
        return row.of_post or row.post_remote_id or "-"

    @admin.display(description="Place", ordering="name_here")
    def place(self, row: Any) -> str:
        return row.name_here or row.text or "-"


def _whole(cents: int | None) -> str:
    return "…" if cents is None else f"{cents / 100:,.0f}"


def _name_behind(id_field: str, *, kind_field: str) -> Subquery:
    """The name that an id stands for; ids of departments, offices and custom locations may coincide."""
    names = GreenhouseName.objects.filter(
        connection=OuterRef("connection"), kind=OuterRef(kind_field), remote_id=OuterRef(id_field)
    )
    return Subquery(names.values("name")[:1])
