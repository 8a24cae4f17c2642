"""What the team wrote about a person, on whichever page shows the person."""

from typing import Any

from django import template

from candidates.models import Candidate
from candidates.notes import notes_of

register = template.Library()


@register.inclusion_tag("candidates/_notes.html", takes_context=True)
def team_notes(context: dict[str, Any], candidate: Candidate) -> dict[str, Any]:
    """Draw the notes with the form for another one. Two queries on an employer's page."""
    employer, membership = context["employer"], context["membership"]
    colleagues = employer.memberships.select_related("user").filter(user__is_active=True).exclude(pk=membership.pk)
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "employer": employer,
        "membership": membership,
        "candidate": candidate,
        "notes": notes_of(employer, candidate),
        "colleagues": colleagues if membership.is_recruiter else (),
    }
