"""Applications for the people who run the installation: to look things up, hardly to change them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.counting import count_of
from candidates.admin.base import NoAddOrDelete, ReadOnly
from candidates.models import Answer, Application, Candidate, Document, TimelineEvent


class TimelineInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = TimelineEvent
    fields = readonly_fields = ("at", "kind", "text", "status", "origin", "actor", "as_whom")
    extra = 0
    verbose_name_plural = "Timeline"

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimelineEvent]:
        return super().get_queryset(request).select_related("actor")


class AnswerInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Answer
    fields = readonly_fields = ("label", "text", "document", "is_private")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("document")


class ApplicationInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Application
    fields = readonly_fields = ("job", "status", "status_at", "created_at")
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).select_related("job", "employer", "candidate")


class CandidateForm(ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Candidate
        fields: ClassVar[list[str]] = ["first_name", "last_name", "email"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()


@admin.register(Candidate)
class CandidateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = CandidateForm
    list_display = ("name", "email", "application_count", "created_at")
    list_filter = ("created_at", "applications__employer")
    search_fields = ("first_name", "last_name", "email")
    search_help_text = "Name or email"
    date_hierarchy = "created_at"
    list_per_page = 50
    fields = ("first_name", "last_name", "email", "created_at", "updated_at")
    readonly_fields = ("created_at", "updated_at")
    inlines = (ApplicationInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        rows: QuerySet[Candidate] = super().get_queryset(request)
        return rows.annotate(applications_made=count_of(Candidate, "applications"))

    @admin.display(description="Applications", ordering="applications_made")
    def application_count(self, candidate: Candidate) -> int:
        return candidate.applications_made  # type: ignore[attr-defined, no-any-return]


@admin.register(Application)
class ApplicationAdmin(NoAddOrDelete, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "email", "job", "employer", "origin", "status", "status_at", "created_at")
    list_filter = ("status", "origin", "employer", "created_at")
    search_fields = ("first_name", "last_name", "email", "job__title", "=key")
    search_help_text = "Name, email, job or key"
    date_hierarchy = "created_at"
    list_per_page = 50
    # What a person wrote that day is theirs; the status comes from the ATS.
    readonly_fields = (
        *("key", "candidate", "employer", "job", "origin", "first_name", "last_name", "email", "other_emails"),
        *("phone", "other_phones", "current_company", "current_title", "link_list", "note"),
        *("resume_summary", "status", "status_at", "created_at", "confirmed_at", "repeated_at", "repeat_told_at"),
    )
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("candidate", "employer", "job", "origin", "status", "status_at", "created_at", "key")}),
        (
            "As written by the applicant",
            {
                "fields": (
                    *(("first_name", "last_name"), "email", "other_emails", "phone", "other_phones"),
                    *("current_company", "current_title", "link_list", "note", "resume_summary"),
                )
            },
        ),
        ("Letters to the applicant", {"fields": ("confirmed_at", "repeated_at", "repeat_told_at")}),
    )
    inlines = (AnswerInline, TimelineInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return super().get_queryset(request).select_related("candidate", "resume", "job", "employer")

    @admin.display(description="Links")
    def link_list(self, application: Application) -> SafeString | str:
        links = [(link["url"], link["url"]) for link in application.links]
        rows = format_html_join("", '<a href="{}" rel="noopener noreferrer nofollow">{}</a><br>', links)
        return rows or "-"

    @admin.display(description="Résumé")
    def resume_summary(self, application: Application) -> SafeString | str:
        document = application.resume
        if document is None:
            return "-"
        # The download checks who asks: an operator who is no member of the employer gets nothing.
        address = reverse("resume", args=[application.employer.slug, application.key])
        size = filesizeformat(document.size_bytes)
        return format_html('<a href="{}">{}</a> ({})', address, document.filename, size)


@admin.register(Document)
class DocumentAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("filename", "candidate", "extension", "size", "created_at")
    list_filter = ("extension", "created_at")
    list_select_related = ("candidate",)
    search_fields = ("filename", "candidate__email", "candidate__last_name")
    search_help_text = "File name, or the candidate's email or last name"
    date_hierarchy = "created_at"
    # Never `file` itself: it would show where in the storage the résumé rests.
    fields = ("key", "candidate", "filename", "extension", "size", "created_at")

    @admin.display(description="Size", ordering="size_bytes")
    def size(self, document: Document) -> str:
        return filesizeformat(document.size_bytes)


@admin.register(Answer)
class AnswerAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("application", "label", "text", "is_private")
    list_display_links = ("label",)
    list_filter = ("kind", "application__employer")
    list_select_related = ("application__job", "application__employer")
    search_fields = ("label", "text", "application__email", "application__job__title")
    search_help_text = "Question, answer, email or job"
    fields = ("application", "position", "label", "kind", "text", "document", "is_private")


@admin.register(TimelineEvent)
class TimelineEventAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "application", "kind", "text", "status", "origin", "actor", "as_whom")
    list_filter = ("kind", "origin", "application__employer")
    list_select_related = ("application__job", "application__employer", "actor")
    search_fields = ("text", "application__email", "application__job__title")
    search_help_text = "Text, email or job"
    date_hierarchy = "at"
