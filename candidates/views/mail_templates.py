"""The letters that a team begins with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.mail.forms import MailTemplateForm
from candidates.models import MailTemplate


@require_GET
@employer_required()
def mail_templates(request: EmployerRequest) -> HttpResponse:
    """List the employer's templates."""
    rows = MailTemplate.objects.filter(employer=request.employer).select_related("updated_by")
    return render(request, "candidates/mail_templates.html", {"nav": "messages", "rows": rows})


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def mail_template(request: EmployerRequest, pk: int | None = None) -> HttpResponse:
    """Write a new template, or change one."""
    if pk is None:
        row = MailTemplate(employer=request.employer)
    else:
        row = get_object_or_404(MailTemplate, employer=request.employer, pk=pk)
    form = MailTemplateForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.instance.updated_by = request.user
        saved = form.save()
        messages.success(request, f"The template “{saved.name}” is saved.")
        return redirect("mail_templates", request.employer.slug)
    context = {"nav": "messages", "form": form, "is_new": pk is None, "row": row}
    return render(request, "candidates/mail_template.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def mail_template_delete(request: EmployerRequest, pk: int) -> HttpResponse:
    """Delete a template; letters that began with it stay."""
    row = get_object_or_404(MailTemplate, employer=request.employer, pk=pk)
    row.delete()
    messages.success(request, f"The template “{row.name}” is deleted.")
    return redirect("mail_templates", request.employer.slug)
