"""The ledger of what went to Greenhouse, and the people in it."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from integrations import sending
from integrations.admin.base import OfConnectionAdmin, ProblemFilter, counted, list_of, problem_title, problem_words
from integrations.models import Export, ExportFile, ExportStep, GreenhouseCredit, GreenhousePerson


class ExportFileInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ExportFile
    fields = readonly_fields = ("type", "filename", "remote_id", "problem_code", "is_left_out")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Export)
class ExportAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "candidate", "greenhouse_job", "state", problem_title, "steps_done", "attempts"),
        *("retry_at", "sent_at", "remote_stage"),
    )
    list_display_links = ("candidate",)
    list_filter = ("state", ProblemFilter, "sends_as", "was_there", "connection__employer")
    joined = ("connection__employer", "candidate", "greenhouse_job")
    inlines = (ExportFileInline,)
    search_fields = (
        *("candidate__first_name", "candidate__last_name", "candidate__email", "application__email"),
        *("greenhouse_job__name", "connection__employer__name"),
        *("=candidate_remote_id", "=application_remote_id"),
    )
    search_help_text = "Candidate, e-mail, job, employer or Greenhouse id"
    date_hierarchy = "created_at"
    actions = ("send_again",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("connection", "candidate", "application", "greenhouse_job", "requested_by")}),
        (
            "How it is to arrive",
            {
                "fields": (
                    *("sends_as", "stage_name", "stage_remote_id", "pool_name", "pool_remote_id", "pool_stage_name"),
                    *("pool_stage_remote_id", "source_name", "source_remote_id", "credit_to"),
                )
            },
        ),
        (
            "Sending",
            {
                "fields": (
                    *("state", problem_words, "problem_at", "steps_done", "step_in_flight", "contacts_checked_at"),
                    *("was_there", "remark_list"),
                )
            },
        ),
        ("Ids in Greenhouse", {"fields": ("candidate_remote_id", "application_remote_id", "note_remote_id")}),
        (
            "Followed",
            {
                "fields": (
                    *("status", "remote_status", "remote_stage", "remote_stage_id", "remote_job_id", "remote_since"),
                    *("rejection_reason", "tracked_at", "person_tracked_at", "former_application_ids"),
                )
            },
        ),
        ("Times", {"fields": ("created_at", "sent_at", "attempts", "retry_at", "lease_until", "woken_at")}),
    )

    @admin.display(description="Done")
    def steps_done(self, export: Export) -> str:
        remote_ids = {
            ExportStep.PERSON: export.candidate_remote_id,
            ExportStep.APPLICATION: export.application_remote_id,
            ExportStep.NOTE: export.note_remote_id,
        }
        return ", ".join(step.label for step, remote_id in remote_ids.items() if remote_id) or "-"

    @admin.display(description="Went differently")
    def remark_list(self, export: Export) -> SafeString | str:
        return list_of(f"{remark.title}: {remark.sentence}" for remark in export.remarks_in_words) or "-"

    @admin.action(description="Send again", permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Export]) -> None:
        chosen = list(queryset)
        sent = [export for export in chosen if sending.send_again(export=export)]
        for export in sent:
            self.log_change(request, export, "Send again.")
        if sent:
            self.message_user(request, f"Sending {counted(len(sent), 'export')} again.", messages.SUCCESS)
        if left := len(chosen) - len(sent):
            text = f"Left {counted(left, 'export')} alone: sent already, or on the way."
            self.message_user(request, text, messages.WARNING)


@admin.register(GreenhousePerson)
class GreenhousePersonAdmin(OfConnectionAdmin):
    list_display = ("employer", "email", "remote_id", "lease_until")
    list_display_links = ("email",)
    list_filter = (("remote_id", admin.EmptyFieldListFilter), "connection__employer")
    search_fields = ("email", "=remote_id", "connection__employer__name")
    search_help_text = "Email, Greenhouse id or employer"
    ordering = ("email", "pk")
    fields = ("connection", "email", "remote_id", "lease_until")


@admin.register(ExportFile)
class ExportFileAdmin(OfConnectionAdmin):
    list_display = ("employer", "filename", "type", "remote_id", "problem_code")
    list_display_links = ("filename",)
    list_filter = ("type", ("remote_id", admin.EmptyFieldListFilter), "export__connection__employer")
    joined = ("export__connection__employer", "document")
    search_fields = ("filename", "=remote_id", "export__application__email", "export__connection__employer__name")
    search_help_text = "File name, Greenhouse id, e-mail or employer"
    fields = ("export", "document", "type", "filename", "remote_id", "problem_code", "is_left_out")

    @admin.display(description="Employer", ordering="export__connection__employer__name")
    def employer(self, row: ExportFile) -> str:
        return str(row.export.connection.employer)


@admin.register(GreenhouseCredit)
class GreenhouseCreditAdmin(OfConnectionAdmin):
    list_display = ("employer", "user", problem_title, "checked_at")
    list_display_links = ("user",)
    list_filter = (ProblemFilter, "connection__employer")
    joined = ("connection__employer", "user")
    search_fields = ("user__email", "=user_remote_id", "connection__employer__name")
    search_help_text = "Email, Greenhouse id or employer"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("connection", "user", "user_remote_id", "referrer_remote_id", problem_words, "checked_at")}),
    )
