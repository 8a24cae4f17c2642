"""Account Settings → Candidate emails: what applicants are written about where they stand."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import EmployerRequest, employer_required
from candidates import status_letters
from candidates.models import LetterKind, LetterRule
from jobs.models import Job

_OWN_WORDS = "Between “Hello,” and your company's name. {job} and {company} are filled in. Empty: our words."


class LetterRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = LetterRule
        fields = ("tells_moved_on", "moved_on_words", "tells_rejected", "rejected_after_hours", "rejected_words")
        labels = {  # noqa: RUF012 - Django's own way
            "tells_moved_on": "Write when somebody moves on to interviews or an offer",
            "moved_on_words": "Your own words for it",
            "tells_rejected": "Write when somebody is rejected",
            "rejected_after_hours": "Hours between the rejection and the letter",
            "rejected_words": "Your own words for it",
        }
        widgets = {  # noqa: RUF012
            "moved_on_words": forms.Textarea(attrs={"rows": 4}),
            "rejected_words": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {"moved_on_words": _OWN_WORDS, "rejected_words": _OWN_WORDS}  # noqa: RUF012


@require_http_methods(["GET", "POST"])
@employer_required()
def candidate_emails(request: EmployerRequest) -> HttpResponse:
    """Show which letters applicants get; admins may change it, and see a letter before anybody gets it."""
    if request.method == "POST" and not request.membership.is_admin:
        raise PermissionDenied("This needs the role Admin.")
    rule = LetterRule.objects.filter(employer=request.employer).first() or LetterRule(employer=request.employer)
    form = LetterRuleForm(request.POST or None, instance=rule)
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and "preview" not in request.POST:
        form.save()
        status_letters.cancel_of(form.instance)
        messages.success(request, "The letters are saved.")
        return redirect("candidate_emails", request.employer.slug)
    context = {"nav": "settings", "tab": "candidate_emails", "form": form, "letters": _letters(request, form, is_valid)}
    return render(request, "candidates/candidate_emails.html", context)


def _letters(request: EmployerRequest, form: LetterRuleForm, is_valid: bool) -> list[tuple[str, status_letters.Words]]:
    """Both letters as they would be written, about one of the employer's jobs."""
    job = Job.objects.filter(employer=request.employer).values_list("title", flat=True).first() or "Your job"
    rule = form.instance if is_valid or not form.is_bound else LetterRule(employer=request.employer)
    given = {"job": job, "company": request.employer.name}
    return [(kind.label, status_letters.words_of(kind, rule, **given)) for kind in LetterKind]
