"""Letters to candidates: writing one, the conversations of the team, who is to be left alone."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.handing_over import one_line
from accounts.models import Role
from accounts.permissions import EmployerRequest, employer_required
from candidates.known import known_to, name_known_to
from candidates.mail import reading, unsubscribing, writing
from candidates.mail.adding import LONGEST_SUBJECT
from candidates.mail.addresses import relay_address
from candidates.mail.building import sender_name
from candidates.mail.forms import DoNotContactForm, LetterForm
from candidates.mail.masking import mask
from candidates.mail.problems import PROBLEMS, NotSent
from candidates.mail.rules import standing
from candidates.models import Candidate, Conversation, Direction, Message

PER_PAGE = 50
_ON_ITS_WAY = "Your email to {} is on its way."


@never_cache
@require_http_methods(["GET", "POST"])
@employer_required(Role.RECRUITER)
def send_email(request: EmployerRequest, key: Any) -> HttpResponse:
    """Write a letter to one person: with a template, with a preview, with what one should know first."""
    candidate = _candidate_or_404(request, key)
    if request.method == "GET":
        return _letter_page(request, candidate, LetterForm(employer=request.employer, initial=_begun(request)))
    form = LetterForm(request.POST, employer=request.employer)
    if "address" in request.POST:
        writing.open_conversation(membership=request.membership, candidate=candidate)
        return _letter_page(request, candidate, LetterForm(employer=request.employer, initial=form.typed))
    if "use" in request.POST:
        return _letter_page(request, candidate, LetterForm(employer=request.employer, initial=form.with_template()))
    if not form.is_valid() or "send" not in request.POST:
        return _letter_page(request, candidate, form, with_preview=form.is_valid())
    return _send(request, candidate, form)


def _send(request: EmployerRequest, candidate: Candidate, form: LetterForm) -> HttpResponse:
    is_confirmed = form.cleaned_data["is_confirmed"]
    try:
        message = writing.send(
            membership=request.membership, candidate=candidate, draft=form.draft, is_confirmed=is_confirmed
        )
    except writing.NeedsConfirming:  # the page says what
        form.add_error("is_confirmed", "Tick this if you want to write all the same.")
        return _letter_page(request, candidate, form)
    except NotSent as refused:
        form.add_error(None, f"{refused.problem.sentence} {refused.problem.next_step}")
        return _letter_page(request, candidate, form)
    messages.success(request, _ON_ITS_WAY.format(name_known_to(request.employer, candidate)))
    return redirect(message.conversation.get_absolute_url())


def _letter_page(
    request: EmployerRequest, candidate: Candidate, form: LetterForm, *, with_preview: bool = False
) -> HttpResponse:
    membership = request.membership
    conversation = Conversation.objects.filter(membership=membership, candidate=candidate).first()
    found = standing(membership=membership, candidate=candidate, conversation=conversation)
    context = {
        "nav": "messages",
        "candidate": candidate,
        "name": name_known_to(request.employer, candidate),
        "form": form,
        "warnings": found.warnings,
        "refusal": PROBLEMS.get(found.refusal),
        "relay": relay_address(conversation.member_token) if conversation else "",
        "preview": _preview(request, candidate, form) if with_preview else None,
    }
    return render(request, "candidates/send_email.html", context)


def _preview(request: EmployerRequest, candidate: Candidate, form: LetterForm) -> dict[str, str]:
    conversation = writing.open_conversation(membership=request.membership, candidate=candidate)
    letter = writing.filled(form.draft, membership=request.membership, candidate=candidate)
    return {
        "from": f"{sender_name(request.user, request.employer)} via Purpose Jobs",
        "address": relay_address(conversation.candidate_token),
        "subject": mask(letter.subject, conversation, Direction.TO_CANDIDATE),
        "text": mask(letter.body, conversation, Direction.TO_CANDIDATE),
    }


def _begun(request: EmployerRequest) -> dict[str, Any]:
    """What a link may begin a letter with: the job it is about."""
    job = request.GET.get("job", "")
    return {"job": job} if job.isdecimal() else {}


@require_GET
@employer_required()
def conversations(request: EmployerRequest) -> HttpResponse:
    """List the conversations, unread answers first: one's own, or the whole team's. Constant in queries."""
    rows = reading.conversations_of(request.employer).order_by("-is_unread", "-last_at", "-pk")
    is_mine = request.GET.get("whose") != "team"
    if is_mine:
        rows = rows.filter(membership=request.membership)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "messages",
        "is_mine": is_mine,
        "page": page,
        "rows": reading.name_people(request.employer, list(page.object_list)),
    }
    return render(request, "candidates/messages.html", context)


@never_cache
@require_GET
@employer_required()
def conversation(request: EmployerRequest, key: Any) -> HttpResponse:
    """Show all letters of one conversation; a member's own is read by looking at it."""
    row = get_object_or_404(reading.conversations_of(request.employer), key=key)
    writing.mark_read(row, request.membership)
    is_own = request.membership.is_recruiter and row.membership_id == request.membership.pk
    found = standing(membership=request.membership, candidate=row.candidate, conversation=row) if is_own else None
    answer = {"subject": _answer_to(row.subject)}
    context = {
        "nav": "messages",
        "conversation": row,
        "candidate": row.candidate,
        "name": name_known_to(request.employer, row.candidate),
        "lines": reading.lines_of(row, request.membership),
        "form": LetterForm(employer=request.employer, initial=answer) if found and not found.refusal else None,
        "refusal": PROBLEMS.get(found.refusal) if found else None,
    }
    return render(request, "candidates/conversation.html", context)


@require_POST
@employer_required(Role.RECRUITER)
def send_again(request: EmployerRequest, key: Any) -> HttpResponse:
    """Send a letter once more that did not leave, or perhaps not."""
    rows = Message.objects.filter(conversation__in=reading.conversations_of(request.employer))
    joined = ("conversation__employer", "conversation__candidate")
    message = get_object_or_404(rows.select_related(*joined), key=key)
    try:
        is_sent = writing.send_again(message=message, membership=request.membership)
    except NotSent as refused:
        messages.error(request, f"{refused.problem.sentence} {refused.problem.next_step}")
    else:
        messages.success(request, "It is being sent again." if is_sent else "There is nothing to send again.")
    return redirect(message.conversation.get_absolute_url())


@require_POST
@employer_required(Role.RECRUITER)
def do_not_contact(request: EmployerRequest, key: Any) -> HttpResponse:
    """Mark a person "do not contact" for the team, or take the mark away."""
    candidate = _candidate_or_404(request, key)
    form = DoNotContactForm(request.POST)
    name = name_known_to(request.employer, candidate)
    if request.POST.get("on") == "no":
        unsubscribing.unmark(employer=request.employer, candidate=candidate, by=request.user)
        messages.success(request, f"{name} may be contacted again.")
    elif form.is_valid():
        reason = one_line(form.cleaned_data["reason"])
        unsubscribing.mark(employer=request.employer, candidate=candidate, by=request.user, reason=reason)
        messages.success(request, f"{name} is marked “do not contact”: whoever writes to them is warned first.")
    else:
        messages.error(request, "The reason may have 300 characters at most. Nothing was changed.")
    return redirect("candidate", request.employer.slug, candidate.key)


def _candidate_or_404(request: EmployerRequest, key: Any) -> Candidate:
    return get_object_or_404(known_to(request.employer), key=key)


def _answer_to(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"[:LONGEST_SUBJECT]
