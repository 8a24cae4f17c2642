"""What a person does about one export that has stopped: correct the data, or choose another job."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.correcting import correct_and_send, may_be_corrected
from integrations.correction_form import CorrectionForm
from integrations.ids import as_ids
from integrations.models import Export
from integrations.other_job import may_choose_other_job, other_jobs
from integrations.preflight import documents_of, preflight
from integrations.searching import cleaned
from integrations.sending import choose_other_job

JOBS_SHOWN = 50
_UNDER_WAY = "It is under way just now, so nothing was changed. Try again in a minute."


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def export_correct(request: EmployerRequest, pk: int) -> HttpResponse:
    """Correct what is known of the person, replace files, and send the export again."""
    export = _export_or_404(request, pk)
    application = export.application
    documents = documents_of(application)
    if not may_be_corrected(export):
        messages.info(request, _UNDER_WAY)
        return redirect("export", request.employer.slug, pk)
    if request.method == "POST":
        form = CorrectionForm(request.POST, request.FILES, application=application, documents=documents)
        if form.is_valid():
            if correct_and_send(export=export, correction=form.correction(), by=request.user):
                messages.success(request, "Saved. We are sending it again.")
            else:
                messages.info(request, _UNDER_WAY)
            return redirect("export", request.employer.slug, pk)
        form.keep_uploads(may_keep=lambda: True)
    else:
        form = CorrectionForm(application=application, documents=documents)
    context = {"nav": "exports", "export": export, "form": form, "findings": preflight(application)}
    return render(request, "integrations/export_correct.html", context)


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def export_job(request: EmployerRequest, pk: int) -> HttpResponse:
    """Choose another open Greenhouse job for an export that has stopped. Constant in queries."""
    export = _export_or_404(request, pk)
    if not may_choose_other_job(export):
        messages.info(request, "Something of it is on its way to this job already, so the job stays.")
        return redirect("export", request.employer.slug, pk)
    q = cleaned(request.GET.get("q", ""))
    jobs = other_jobs(export, q)
    if request.method == "POST":
        chosen = other_jobs(export).filter(pk__in=as_ids([request.POST.get("job", "")])).first()
        if chosen is None:
            messages.error(request, "Choose a job that is still open in Greenhouse.")
            return redirect(request.get_full_path())
        moved = choose_other_job(export=export, greenhouse_job=chosen, by=request.user)
        if moved is None:
            messages.info(request, _UNDER_WAY)
            return redirect("export", request.employer.slug, pk)
        messages.success(request, f"To be sent to “{chosen.name}”.")
        return redirect("export", request.employer.slug, moved.pk)
    page = Paginator(jobs, JOBS_SHOWN).get_page(request.GET.get("page"))
    context = {"nav": "exports", "export": export, "page": page, "q": q}
    return render(request, "integrations/export_job.html", context)


def _export_or_404(request: EmployerRequest, pk: int) -> Export:
    joined = ("connection", "greenhouse_job", "application__candidate", "application__job", "application__resume")
    return get_object_or_404(Export.objects.for_employer(request.employer).select_related(*joined), pk=pk)
