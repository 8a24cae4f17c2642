"""Bringing people in from a CSV file: choose it, see what every row would do, confirm."""

import csv
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from candidates.admin.base import ReadOnly
from candidates.importing import services
from candidates.importing.columns import COLUMNS
from candidates.importing.reader import MAX_BYTES, MAX_ROWS, NEEDED
from candidates.importing.running import IMPORTED
from candidates.models import CandidateImport, CandidateImportRow, ImportState, RowOutcome
from candidates.spreadsheets import BOM, harmless

SHOWN = 100


class UploadForm(forms.ModelForm):  # type: ignore[type-arg]
    file = forms.FileField(
        label="CSV file",
        help_text=f"At most {filesizeformat(MAX_BYTES)}, {MAX_ROWS:,} people. Nobody is imported before you confirm.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
    )
    agreed = forms.BooleanField(
        label="These people agreed to be in the network and to be found by employers",
        error_messages={"required": "Only people who agreed may be imported."},
    )

    class Meta:
        model = CandidateImport
        fields: ClassVar[list[str]] = ["file", "agreed", "writes_letters"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"This file is larger than {filesizeformat(MAX_BYTES)}. Split it.")
        return file


@admin.register(CandidateImport)
class CandidateImportAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Who may add one may confirm and cancel it."""

    form = UploadForm
    list_display = ("filename", "state", "by", "uploaded_at", "finished_at")
    list_filter = ("state", "uploaded_at")
    list_select_related = ("by",)
    search_fields = ("filename", "by__email")
    add_form_template = "admin/candidates/candidateimport/add.html"
    change_form_template = "admin/candidates/candidateimport/change.html"

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: CandidateImport | None = None) -> Any:
        if obj is None:
            return list(UploadForm.Meta.fields)
        return [
            "filename",
            "by",
            "uploaded_at",
            "read_as",
            "writes_letters",
            "confirmed_by",
            "confirmed_at",
            "finished_at",
        ]

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> CandidateImport:
        file = form.cleaned_data["file"]
        assert request.user.is_authenticated  # noqa: S101 - the admin asks for that; for the type checker
        return services.start(
            content=file.read(),
            filename=file.name,
            writes_letters=form.cleaned_data["writes_letters"],
            by=request.user,
        )

    def save_model(self, request: HttpRequest, obj: CandidateImport, form: Any, change: bool) -> None:
        """Stored already, together with the file."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing related."""

    def response_add(self, request: HttpRequest, obj: CandidateImport, post_url_continue: str | None = None) -> Any:
        return _to(obj)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        columns = [(name, name in NEEDED, column.says) for name, column in COLUMNS.items()]
        return super().add_view(request, form_url, {**(extra_context or {}), "columns": columns})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        each = self.get_object(request, object_id)
        more = _as_shown(each) if each else {}
        more["may_decide"] = self.has_add_permission(request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def get_urls(self) -> list[URLPattern]:
        name = "candidates_candidateimport"
        own = [
            path("template/", self.admin_site.admin_view(self.template), name=f"{name}_template"),
            path("<int:pk>/confirm/", self.admin_site.admin_view(require_POST(self.confirm)), name=f"{name}_confirm"),
            path("<int:pk>/cancel/", self.admin_site.admin_view(require_POST(self.cancel)), name=f"{name}_cancel"),
            path("<int:pk>/problems/", self.admin_site.admin_view(self.problems), name=f"{name}_problems"),
        ]
        return [*own, *super().get_urls()]

    def template(self, request: HttpRequest) -> HttpResponse:
        self._require(self.has_add_permission(request))
        response = _csv("candidates.csv")
        csv.writer(response).writerow(COLUMNS)
        return response

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require(self.has_add_permission(request))
        assert request.user.is_authenticated  # noqa: S101 - the admin asks for that; for the type checker
        each = self._get(request, pk)
        if not services.confirm(each=each, by=request.user):
            messages.warning(request, "This import was confirmed or cancelled already.")
        return _to(each)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._require(self.has_add_permission(request))
        each = self._get(request, pk)
        if services.cancel(each=each):
            messages.success(request, "Cancelled. Nobody was imported, and the file is deleted.")
        else:
            messages.warning(request, "It is too late to cancel this import.")
        return _to(each)

    def problems(self, request: HttpRequest, pk: int) -> HttpResponse:
        each = self._get(request, pk)
        response = _csv(f"problems-{each.pk}.csv")
        writer = csv.writer(response)
        writer.writerow(["line", "what becomes of it", "column", "reason"])
        for row in each.rows.filter(outcome__in=[RowOutcome.BAD, RowOutcome.SKIPPED]):
            what = row.get_outcome_display()
            writer.writerows([row.line, what, *map(harmless, problem)] for problem in row.problems)
        return response

    def _get(self, request: HttpRequest, pk: int) -> CandidateImport:
        each = get_object_or_404(CandidateImport, pk=pk)
        self._require(self.has_view_permission(request, each))
        return each

    def _require(self, is_allowed: bool) -> None:
        if not is_allowed:
            raise PermissionDenied


@admin.register(CandidateImportRow)
class CandidateImportRowAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("line", "of", "outcome", "reasons", "candidate", "done_at")
    list_filter = ("outcome", "of")
    list_select_related = ("of", "candidate")
    search_fields = ("candidate__email", "=line")
    show_full_result_count = False

    @admin.display(description="Reasons")
    def reasons(self, row: CandidateImportRow) -> str:
        return " ".join(reason for _, reason in row.problems)


def _as_shown(each: CandidateImport) -> dict[str, Any]:
    """What the page tells of an import. Shape: three queries, however many rows there are."""
    rows = each.rows.order_by().values_list("outcome").annotate(Count("pk"), Count("done_at"))
    counted = {outcome: (count, done) for outcome, count, done in rows}
    nobody = (0, 0)
    return {
        "counts": [(label, value, counted[value][0]) for value, label in RowOutcome.choices if value in counted],
        "to_do": sum(counted.get(outcome, nobody)[0] for outcome in IMPORTED),
        "done": sum(done for _, done in counted.values()),
        "bad_rows": _first(each.rows.filter(outcome=RowOutcome.BAD)),
        "skipped_rows": _first(each.rows.filter(outcome=RowOutcome.SKIPPED)),
        "shown": SHOWN,
        "bad_count": counted.get(RowOutcome.BAD, nobody)[0],
        "skipped_count": counted.get(RowOutcome.SKIPPED, nobody)[0],
        "is_ready": each.state == ImportState.READY,
        "may_cancel": each.state in (ImportState.READING, ImportState.READY),
    }


def _first(rows: QuerySet[CandidateImportRow]) -> list[CandidateImportRow]:
    return list(rows.order_by("line")[:SHOWN])


def _csv(filename: str) -> HttpResponse:
    response = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _to(each: CandidateImport) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:candidates_candidateimport_change", args=[each.pk]))
