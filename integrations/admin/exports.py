"""The ledger of what went to Greenhouse, and the people in it."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations import sending
from integrations.admin.base import OfConnectionAdmin, ProblemFilter, counted, problem_title, problem_words
from integrations.models import Export, ExportStep, GreenhousePerson


@admin.register(Export)
class ExportAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "candidate", "greenhouse_job", "state", problem_title, "steps_done", "attempts"),
        *("retry_at", "sent_at", "remote_stage"),
    )
    list_display_links = ("candidate",)
    list_filter = ("state", ProblemFilter, "was_there", "connection__employer")
    joined = ("connection__employer", "candidate", "greenhouse_job")
    search_fields = (
        *("candidate__first_name", "candidate__last_name", "candidate__email", "application__email"),
        *("greenhouse_job__name", "connection__employer__name"),
        *("=candidate_remote_id", "=application_remote_id"),
    )
    search_help_text = "Candidate, e-mail, job, employer or Greenhouse id"
    date_hierarchy = "created_at"
    actions = ("send_again",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("connection", "candidate", "application", "greenhouse_job")}),
        ("Sending", {"fields": ("state", problem_words, "problem_at", "steps_done", "step_in_flight", "was_there")}),
        (
            "Ids in Greenhouse",
            {"fields": ("candidate_remote_id", "application_remote_id", "resume_remote_id", "note_remote_id")},
        ),
        ("Followed", {"fields": ("remote_status", "remote_stage", "rejection_reason", "tracked_at")}),
        ("Times", {"fields": ("created_at", "sent_at", "attempts", "retry_at", "lease_until", "woken_at")}),
    )

    @admin.display(description="Done")
    def steps_done(self, export: Export) -> str:
        remote_ids = {
            ExportStep.PERSON: export.candidate_remote_id,
            ExportStep.APPLICATION: export.application_remote_id,
            ExportStep.RESUME: export.resume_remote_id,
            ExportStep.NOTE: export.note_remote_id,
        }
        return ", ".join(step.label for step, remote_id in remote_ids.items() if remote_id) or "-"

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
