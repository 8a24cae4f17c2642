"""Connections and their readings."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from integrations import connecting
from integrations.admin.base import (
    EngineAdmin,
    OfConnectionAdmin,
    ProblemFilter,
    counted,
    list_of,
    operator,
    problem_title,
    problem_words,
)
from integrations.models import Connection, ConnectionState, SyncRun
from integrations.tasks import enqueue_sync

# Each test is some seven requests while the browser waits.
TESTS_AT_ONCE = 5
_RELATED = (
    ("Sync runs", "syncrun", "connection"),
    ("Job posts", "greenhousejobpost", "connection"),
    ("Job links", "joblink", "post__connection"),
    ("Exports", "export", "connection"),
    ("Problems", "problementry", "connection"),
)


@admin.register(Connection)
class ConnectionAdmin(EngineAdmin):
    list_display = ("employer", "state", problem_title, "credential", "email", "organization_name", "synced_at")
    list_filter = ("state", ProblemFilter, "credential_kind")
    joined = ("employer",)
    search_fields = ("employer__name", "employer__slug", "email", "organization_name", "client_id")
    search_help_text = "Employer, e-mail, Greenhouse organization or client ID"
    date_hierarchy = "created_at"
    actions = ("sync_now", "test_connection")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("employer", "state", problem_words, "problem_at", "related")}),
        ("Its life", {"fields": ("broken_since", "is_paused", "recovered_at", "disconnected_at")}),
        ("Letters", {"fields": ("told_broken_at", "told_stuck_at")}),
        ("Credential", {"fields": ("credential", "email", "tested_at", "token_expires_at", "connected_by")}),
        (
            "In Greenhouse",
            {
                "fields": (
                    ("organization_name", "organization_remote_id"),
                    ("acting_user_name", "acting_user_remote_id"),
                    ("source_name", "source_remote_id"),
                )
            },
        ),
        (
            "Import settings",
            {
                "fields": (
                    ("sync_minutes", "reopen_rule"),
                    ("employment_type_key", "remote_key"),
                    ("import_saved_at", "anonymise_rule"),
                )
            },
        ),
        (
            "Reading",
            {
                "fields": (
                    ("synced_at", "full_synced_at", "surveyed_at"),
                    ("sync_due_at", "changes_since"),
                    ("polled_at", "poll_due_at"),
                    ("created_at", "updated_at"),
                )
            },
        ),
    )

    @admin.display(description="Credential", ordering="credential_kind")
    def credential(self, connection: Connection) -> str:
        """Which one it is, never what it is."""
        parts = [connection.get_credential_kind_display(), connection.client_id]
        if connection.secret_last4:
            parts.append(f"…{connection.secret_last4}")
        return " ".join(part for part in parts if part)

    @admin.display(description="Paused", boolean=True)
    def is_paused(self, connection: Connection) -> bool:
        return connection.is_paused

    @admin.display(description="See also")
    def related(self, connection: Connection) -> SafeString:
        rows = (
            (reverse(f"admin:integrations_{model}_changelist"), path, connection.employer_id, label)
            for label, model, path in _RELATED
        )
        return format_html_join(" · ", '<a href="{}?{}__employer__id__exact={}">{}</a>', rows)

    @admin.action(description="Sync now", permissions=["change"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        active = [connection for connection in queryset if connection.is_active]
        for connection in active:
            enqueue_sync(connection, by=operator(request))
            self.log_change(request, connection, "Sync now.")
        if active:
            self.message_user(request, f"Reading {counted(len(active), 'connection')} now.", messages.SUCCESS)
        if left := queryset.count() - len(active):
            text = f"Left out {counted(left, 'connection')}: only active ones can be read."
            self.message_user(request, text, messages.WARNING)

    @admin.action(description="Test connection", permissions=["change"])
    def test_connection(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        ids = list(queryset.order_by("employer__name").values_list("pk", flat=True)[: TESTS_AT_ONCE + 1])
        if len(ids) > TESTS_AT_ONCE:
            self.message_user(request, f"Choose at most {TESTS_AT_ONCE} connections to test at once.", messages.ERROR)
            return
        for number, pk in enumerate(ids, start=1):
            if not self._test(request, pk) and number < len(ids):
                left = counted(len(ids) - number, "more connection")
                text = f"Greenhouse does not answer, so we did not test {left}."
                self.message_user(request, text, messages.WARNING)
                return

    def _test(self, request: HttpRequest, pk: int) -> bool:
        """Test one and say how it went; False when trying the next is a waste of time."""
        # Read only now: the tests before this one took seconds, in which workers write to the row.
        connection = Connection.objects.select_related("employer").get(pk=pk)
        if connection.state == ConnectionState.DISCONNECTED:
            text = f"{connection.employer}: disconnected. The employer can connect again under Integrations."
            self.message_user(request, text, messages.WARNING)
            return True
        failed = connecting.check(connection)
        self.log_change(request, connection, "Test connection.")
        if failed is None:
            text = f"{connection.employer}: Greenhouse answers, and acts as {connection.acting_user_name}."
            self.message_user(request, text, messages.SUCCESS)
            return True
        detail = f" ({failed.detail})" if failed.detail else ""
        text = f"{connection.employer}: {failed.problem.title}. {failed.problem.sentence}{detail}"
        self.message_user(request, f"{text} {failed.problem.next_step}", messages.ERROR)
        return failed.problem.code != "connect_unavailable"


@admin.register(SyncRun)
class SyncRunAdmin(OfConnectionAdmin):
    list_display = (
        *("employer", "created_at", "kind", "state", "percent_read", problem_title, "pages_read", "posts_read"),
        *("jobs_changed", "jobs_vanished", "skipped_count", "attempts", "duration", "requested_by"),
    )
    list_display_links = ("created_at",)
    list_filter = ("kind", "state", ProblemFilter, "connection__employer")
    joined = ("connection__employer", "requested_by")
    search_fields = ("connection__employer__name", "requested_by__email", "=pk")
    search_help_text = "Employer, the e-mail of who asked for it, or number"
    date_hierarchy = "created_at"
    fieldsets: ClassVar[Any] = (
        (
            None,
            {"fields": ("connection", "kind", "state", "percent_read", problem_words, "problem_at", "requested_by")},
        ),
        (
            "Read",
            {
                "fields": (
                    *("changed_since", "pages_read", "posts_read", "jobs_changed", "jobs_vanished"),
                    *("collections", "skipped_count", "skipped_records"),
                )
            },
        ),
        (
            "Times",
            {"fields": ("created_at", "started_at", "finished_at", "duration", "attempts", "retry_at", "lease_until")},
        ),
    )

    @admin.display(description="Read")
    def percent_read(self, run: SyncRun) -> str:
        return f"{run.percent} %"

    @admin.display(description="Took")
    def duration(self, run: SyncRun) -> timedelta | None:
        if run.started_at is None or run.finished_at is None:
            return None
        return timedelta(seconds=round((run.finished_at - run.started_at).total_seconds()))

    @admin.display(description="Collections")
    def collections(self, run: SyncRun) -> SafeString | str:
        steps = run.progress.items()
        lines = (
            f"{name}: {counted(step['pages'], 'page')}{'' if step['done'] else ', not done'}" for name, step in steps
        )
        return list_of(lines) or "-"

    @admin.display(description="Could not be read")
    def skipped_records(self, run: SyncRun) -> SafeString | str:
        lines = (f"{one['collection']} {one['id']} “{one['title']}”: {one['field']}" for one in run.skipped)
        return list_of(lines) or "-"
