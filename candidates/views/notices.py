"""What a member was told, and what they want to be told."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import EmployerRequest, employer_required
from candidates.notices import reading
from candidates.notices.choosing import choose, wishes_of
from candidates.notices.forms import WishesForm

PER_PAGE = 50


@require_GET
@employer_required()
def notifications(request: EmployerRequest) -> HttpResponse:
    """List what the member was told, the newest first. Constant in queries."""
    page = Paginator(reading.shown(request.membership), PER_PAGE).get_page(request.GET.get("page"))
    newest = max((notice.pk for notice in page.object_list), default=0)
    context = {"nav": "notifications", "page": page, "newest": newest}
    return render(request, "candidates/notifications.html", context)


@require_POST
@employer_required()
def notification_open(request: EmployerRequest, pk: int) -> HttpResponse:
    """Tick a notice off and lead to what it is about, or with the button *Mark as read* back to the list."""
    notice = reading.mark_read(request.membership, pk)
    if notice is None:
        raise Http404
    if "stay" in request.POST:
        return redirect("notifications", request.employer.slug)
    return redirect(notice.url)


@require_POST
@employer_required()
def notifications_read(request: EmployerRequest) -> HttpResponse:
    """Tick off everything up to the newest that was on the page."""
    text = request.POST.get("until", "")
    if text.isdecimal() and len(text) < 19:
        reading.mark_all_read(request.membership, until=int(text))
        messages.success(request, "Everything is marked as read.")
    return redirect("notifications", request.employer.slug)


@require_http_methods(["GET", "POST"])
@employer_required()
def notification_settings(request: EmployerRequest) -> HttpResponse:
    """Ask the member, kind by kind, what is shown and what is e-mailed."""
    form = WishesForm(request.POST or None, wishes=wishes_of(request.membership))
    if request.method == "POST" and form.is_valid():
        choose(membership=request.membership, wishes=form.wishes)
        messages.success(request, "Your notifications are saved.")
        return redirect("notification_settings", request.employer.slug)
    return render(request, "candidates/notification_settings.html", {"nav": "notifications", "form": form})
