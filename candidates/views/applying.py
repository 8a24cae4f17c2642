"""Applying, and reading what was handed in."""

from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe
from redis.exceptions import RedisError

from accounts.limits import HOUR_SECONDS, is_allowed
from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates import activity, services, stash
from candidates.forms import ApplicationForm
from candidates.models import AccessKind, Answer, Application
from candidates.questions import questions_of
from candidates.serving import download
from candidates.uploads import SizeCap
from jobs.models import Job, JobState
from jobs.views import closed_job_page, public_job_or_404

APPLICATIONS_PER_HOUR = 20
KEPT_UPLOADS_PER_HOUR = 60
_LIMIT_SENTENCE = (
    "Many applications have come from your network within the last hour. "
    "Please try again in an hour; nothing was sent yet."
)
_SESSION_KEY = "applied"
_REMEMBERED_JOBS = 20


@csrf_exempt  # only here: reading the token reads the upload, and the cap must stand before that
def apply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the application form and take what is sent with it."""
    cap = SizeCap(request)
    request.upload_handlers.insert(0, cap)
    return _apply(request, slug, pk, cap)


@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _apply(request: HttpRequest, slug: str, pk: int, cap: SizeCap) -> HttpResponse:
    job = public_job_or_404(slug=slug, pk=pk)
    if job.state == JobState.CLOSED:
        return closed_job_page(request, job)
    questions = questions_of(job)
    if request.method != "POST":
        return _form_page(request, job, ApplicationForm(questions=questions, language=job.language_tag))
    _sweep_hourly()
    posted, files = request.POST, request.FILES  # reading them runs the cap
    form = ApplicationForm(posted, files, questions=questions, language=job.language_tag, too_big=cap.too_big)
    if form.is_valid():
        if is_allowed(request, what="apply", per_hour=APPLICATIONS_PER_HOUR):
            # Whoever types an address learns nothing of what its owner did: a repeat is answered like the first.
            services.submit_application(job=job, data=form.application_data(), resume=form.uploads["resume"])
            _remember(request, job)
            return redirect("applied", slug, pk)
        form.add_error(None, _LIMIT_SENTENCE)
    form.keep_uploads(may_keep=lambda: is_allowed(request, what="keep", per_hour=KEPT_UPLOADS_PER_HOUR))
    return _form_page(request, job, form)


@never_cache
@require_safe
def applied(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Thank the applicant and say what happens next; anyone else is led to the job."""
    if str(pk) not in request.session.get(_SESSION_KEY, {}):
        return redirect("public_job", slug, pk)
    # The job may have been closed or taken off since; the thanks stay true.
    job = get_object_or_404(Job.objects.select_related("employer"), employer__slug=slug, pk=pk)
    context = {"job": job, "employer": job.employer}
    return render(request, "candidates/applied.html", context)


@require_safe
@never_cache
@employer_required(Role.RECRUITER)
def resume(request: EmployerRequest, key: str) -> FileResponse:
    """Hand a person's résumé to a member who may see it, as a download that can run nothing.

    Effects: whose résumé came from the network has it written down.
    """
    rows = Application.objects.visible_to(request.employer).select_related("resume")
    application = get_object_or_404(rows, key=key)
    if application.resume is None:
        raise Http404
    if application.is_sourced:
        activity.note_access(
            employer=request.employer, by=request.user, candidates=[application.candidate_id], kind=AccessKind.RESUME
        )
    return download(application.resume)


@require_safe
@never_cache
@employer_required(Role.RECRUITER)
def answer_file(request: EmployerRequest, key: str, document: str) -> FileResponse:
    """Hand out a file with which an applicant answered a question, like the résumé."""
    answers = Answer.objects.filter(application__in=Application.objects.for_employer(request.employer))
    answer = get_object_or_404(answers.select_related("document"), application__key=key, document__key=document)
    assert answer.document is not None  # noqa: S101 - for the type checker: it was found by it
    return download(answer.document)


def _form_page(request: HttpRequest, job: Job, form: ApplicationForm) -> HttpResponse:
    # 200 with errors, too: the page is an answer to the person, and htmx would drop anything else.
    context = {"job": job, "employer": job.employer, "form": form}
    return render(request, "candidates/apply.html", context)


def _remember(request: HttpRequest, job: Job) -> None:
    jobs = {**request.session.get(_SESSION_KEY, {}), str(job.pk): True}
    request.session[_SESSION_KEY] = dict(list(jobs.items())[-_REMEMBERED_JOBS:])


def _sweep_hourly() -> None:
    try:
        is_due = cache.add("stash:swept", 1, HOUR_SECONDS)
    except (RedisError, OSError):
        return
    if is_due:
        stash.sweep()
