"""One job: write it, change its words, connect it, say how its people are sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from integrations import link_settings, linking, reviewing
from integrations.models import Connection, GreenhouseJobPost
from integrations.ownership import edit_job, give_back
from integrations.views.job_editor import Editor
from jobs.forms import JobForm
from jobs.models import Job
from jobs.services import create_job


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def job_new(request: EmployerRequest) -> HttpResponse:
    """Write a job of our own, as a draft."""
    form = JobForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        job = create_job(employer=request.employer, by=request.user, **form.cleaned_data)
        messages.success(request, f"“{job.title}” is saved as a draft. Switch it on when it may be seen.")
        if "connect" in request.POST:
            return redirect("job_edit", request.employer.slug, job.pk)
        return redirect("jobs", request.employer.slug)
    connection = Connection.objects.filter(employer=request.employer).first()
    context = {"nav": "jobs", "form": form, "connection": connection}
    return render(request, "integrations/job_new.html", context)


@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def job_edit(request: EmployerRequest, pk: int) -> HttpResponse:
    """Change a job's words, say which Greenhouse post feeds it and how its people are sent.

    Every button but *Save* shows the page once more with all that was typed, and saves none of it.
    """
    editor = Editor.of(request, pk)
    if request.method == "GET":
        return _page(editor, words=editor.words(), sending=editor.sending())
    if "give_back" in request.POST:
        return _give_back(editor, request.POST["give_back"])
    if editor.is_copy:
        return _copy(editor)
    if "lists" in request.POST or editor.is_search:
        return _again(editor)
    return _save(editor)


@require_GET
@employer_required(Role.RECRUITER)
def job_offers(request: EmployerRequest, pk: int) -> HttpResponse:
    """Search the posts that a job may be connected to, for the edit page."""
    editor = Editor.of(request, pk)
    if editor.connection is None:
        return HttpResponse()
    chosen = request.GET.get("greenhouse_post", "")
    context = {"offers": editor.offers(chosen), "chosen": chosen, "job": editor.job}
    return render(request, "integrations/_offers_found.html", context)


@require_GET
@employer_required(Role.RECRUITER)
def job_stage_and_source(request: EmployerRequest, pk: int) -> HttpResponse:
    """Bring Greenhouse's own lists, for the edit page."""
    editor = Editor.of(request, pk)
    typed = editor.sending(request.GET)
    if typed is None:
        return HttpResponse()
    initial = {name: value for name, value in typed.as_typed().items() if typed.add_prefix(name) in request.GET}
    context = {"sending": editor.sending(fetch=True, initial=initial), "link": editor.link, "job": editor.job}
    return render(request, "integrations/_stage_and_source.html", context)


def _page(editor: Editor, **forms: Any) -> HttpResponse:
    return render(editor.request, "integrations/job_edit.html", editor.context(**forms))


def _again(editor: Editor, *, afresh: str = "", settings: dict[str, Any] | None = None) -> HttpResponse:
    """Show what was typed once more; `afresh` names a field that the job has anew, `settings` what was copied."""
    data = editor.request.POST
    words = editor.words(initial=editor.words(data).as_typed(afresh=afresh))
    typed = editor.sending(data)
    if typed is None:
        return _page(editor, words=words, sending=None)
    initial = {**typed.as_typed(), **(settings or {})}
    sending = editor.sending(initial=initial)
    if sending is not None and ("lists" in data or sending.needs_lists):
        sending = editor.sending(initial=initial, fetch=True)
    return _page(editor, words=words, sending=sending)


def _give_back(editor: Editor, name: str) -> HttpResponse:
    if not give_back(job=editor.job, name=name):
        return _again(editor)
    messages.success(editor.request, "The field follows Greenhouse again. What else you changed is not saved yet.")
    return _again(editor, afresh=name)


def _copy(editor: Editor) -> HttpResponse:
    link = editor.link
    other = link_settings.find_other(link, editor.copy_from) if link else None
    if link is None or other is None:
        words = "No connected job is called so. Choose one of the list, or enter a Greenhouse ID."
        messages.error(editor.request, words)
        return _again(editor)
    editor.copy_from = ""
    messages.info(editor.request, f"These are the settings of “{other.job.title}”. Save to keep them.")
    return _again(editor, settings=link_settings.copied(link=link, other=other))


def _save(editor: Editor) -> HttpResponse:
    request, link = editor.request, editor.link
    words, sending = editor.words(request.POST), editor.sending(request.POST)
    if sending is not None and not sending.was_sent:
        sending = None
    if sending is not None and sending.needs_lists:
        sending = editor.sending(request.POST, fetch=True)
    if not (words.is_valid() & (sending is None or sending.is_valid())):
        return _page(editor, words=words, sending=sending)
    post = words.cleaned_data.get("greenhouse_post", link.post if link else None)
    moves = link is not None and post != link.post
    if moves and request.POST.get("confirmed") != (str(post.pk) if post else "none"):
        return _page(editor, words=words, sending=sending, going_to=post, asks=True)
    job = get_object_or_404(Job, pk=editor.job.pk)  # the form has written into the other one
    try:
        linking.connect_job(job=job, post=post, by=request.user)
    except linking.AlreadyConnected:
        words.add_error("greenhouse_post", "Somebody has just connected another job to this role. Choose another.")
        return _page(editor, words=words, sending=sending)
    edit_job(job=job, changes=words.typed, by=request.user)
    if link is not None and sending is not None and not moves:
        link_settings.save_settings(link=link, settings=sending.settings)
    messages.success(request, f"“{job.title}” is saved.")
    return _after(editor, post if moves or link is None else None)


def _after(editor: Editor, connected: GreenhouseJobPost | None) -> HttpResponse:
    """Go on to who applied before, if the job was just connected and there is somebody."""
    slug = editor.request.employer.slug
    if connected and reviewing.unsent_of(editor.job).exists():
        return redirect("job_unsent", slug, editor.job.pk)
    return redirect("jobs", slug)
