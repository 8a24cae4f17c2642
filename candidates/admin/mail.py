"""Letters through the relay, for the people who run the installation: what became of them, never their words."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from candidates.admin.base import ReadOnly
from candidates.models import Conversation, DoNotContact, InboundMail, MailTemplate, Message, Rejection


@admin.register(MailTemplate)
class MailTemplateAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "employer", "subject", "updated_by", "updated_at")
    list_filter = ("employer",)
    list_select_related = ("employer", "updated_by")
    search_fields = ("name", "subject")


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("__str__", "employer", "membership", "candidate", "written_at", "answered_at", "is_unread")
    list_filter = ("employer", "is_unread")
    list_select_related = ("employer", "membership__user", "membership__employer", "candidate")
    search_fields = ("candidate__email", "membership__user__email")
    date_hierarchy = "last_at"
    # Never the tokens: whoever knows one may write as if they belonged there.
    fields = ("key", "employer", "membership", "candidate", "written_at", "answered_at", "last_at", "is_unread")


@admin.register(Message)
class MessageAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "conversation", "direction", "author", "state", "code", "attempts", "retry_at")
    list_filter = ("state", "direction", "code", "is_automatic")
    list_select_related = ("conversation", "author")
    search_fields = ("=conversation__key", "author__email", "conversation__candidate__email")
    date_hierarchy = "created_at"
    exclude = ("text", "quoted", "subject")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        rows: QuerySet[Message] = super().get_queryset(request)
        return rows.defer("text", "quoted")


@admin.register(Rejection)
class RejectionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "conversation", "address", "reason", "state", "attempts")
    list_filter = ("state", "reason")
    list_select_related = ("conversation",)
    search_fields = ("address",)


@admin.register(DoNotContact)
class DoNotContactAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("created_at", "candidate", "employer", "by_person", "user", "reason")
    list_filter = ("by_person", "employer")
    list_select_related = ("candidate", "employer", "user")
    search_fields = ("candidate__email",)


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("received_at", "is_done", "outcome", "attempts")
    list_filter = ("is_done", "outcome")
    search_fields = ("=digest",)
    date_hierarchy = "received_at"
    exclude = ("raw",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("raw")
