"""Does Greenhouse have what we believe it has? The report, and what to do about each difference."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations.fields import DecryptionError
from integrations.greenhouse.errors import GreenhouseError
from integrations.models import Connection, Finding, FindingKind, FindingState, Reconciliation
from integrations.problems import PROBLEMS, code_for
from integrations.reconciling import can_be_repaired, decide, enqueue_reconciliation, profile_urls, repair

PER_PAGE = 50
_MEANS = {
    FindingKind.MISSING: "We sent them, and their application is not in Greenhouse any more.",
    FindingKind.MOVED: "Their stage or status had changed without our noticing. It is up to date now.",
    FindingKind.TWICE_ON_JOB: "One person has two applications on the same job. Delete or merge one in Greenhouse.",
    FindingKind.TWO_PEOPLE: "Two people share an e-mail address. Merge them in Greenhouse if they are the same.",
    FindingKind.FILE_TWICE: "A file that we sent is on the application twice. Delete one in Greenhouse.",
    FindingKind.NOTE_TWICE: "Our note is on the application twice.",
    FindingKind.UNKNOWN: "Somebody is in Greenhouse with our source who was not sent from here.",
}
_REPAIRS = {FindingKind.MISSING: "Send again", FindingKind.UNKNOWN: "Take up here"}


@require_GET
@employer_required()
def reconciliation(request: EmployerRequest) -> HttpResponse:
    """Show the newest report: how many were found, and every difference by kind. Constant in queries."""
    findings = Finding.objects.filter(connection__employer=request.employer)
    kind = request.GET.get("kind", "")
    counts = dict(
        findings.values_list("kind").annotate(open=Count("pk", filter=Q(state=FindingState.OPEN))).order_by("kind")
    )
    shown = findings.filter(kind=kind) if kind in FindingKind.values else findings
    rows = shown.select_related("export__application__employer", "export__application__job", "decided_by")
    page = Paginator(rows.order_by("-state", "kind", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "exports",
        "connection": Connection.objects.filter(employer=request.employer).first(),
        "report": Reconciliation.objects.filter(connection__employer=request.employer).first(),
        "kinds": [(value, label, counts.get(value, 0)) for value, label in FindingKind.choices],
        "kind": kind,
        "page": page,
        "rows": [
            {
                "finding": finding,
                "means": _MEANS[FindingKind(finding.kind)],
                "repair": _REPAIRS.get(FindingKind(finding.kind), "") if can_be_repaired(finding) else "",
                "profiles": profile_urls(finding),
            }
            for finding in page
        ],
    }
    return render(request, "integrations/reconciliation.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def reconciliation_start(request: EmployerRequest) -> HttpResponse:
    """Compare now, or join the comparison under way."""
    connection = Connection.objects.filter(employer=request.employer).first()
    if connection is None or not connection.is_active:
        messages.info(request, "Greenhouse has to be connected and working first.")
    else:
        enqueue_reconciliation(connection, by=request.user)
    return redirect("reconciliation", request.employer.slug)


@require_POST
@employer_required(Role.RECRUITER)
def finding_decide(request: EmployerRequest, pk: int) -> HttpResponse:
    """Repair one difference, or remember that it is known."""
    findings = Finding.objects.filter(connection__employer=request.employer)
    finding = get_object_or_404(findings.select_related("connection", "export__application"), pk=pk)
    do = request.POST.get("do")
    if do == "known":
        decide(finding, FindingState.KNOWN, by=request.user)
        messages.success(request, "Remembered. It will not be counted again.")
    elif do == "open":
        decide(finding, FindingState.OPEN, by=request.user)
    elif do == "repair":
        _repair(request, finding)
    return redirect("reconciliation", request.employer.slug)


def _repair(request: EmployerRequest, finding: Finding) -> None:
    try:
        is_done = repair(finding, by=request.user)
    except DecryptionError:
        messages.error(request, PROBLEMS["secret_unreadable"].sentence)
    except GreenhouseError as exc:
        problem = PROBLEMS[code_for(exc)]
        messages.error(request, f"{problem.sentence} {problem.next_step}")
    else:
        if is_done:
            messages.success(request, "Repaired.")
        else:
            messages.info(request, "There was nothing to repair any more. Check again to see how it stands.")
