"""The letters on a person's page, wherever that page is."""

from typing import Any

from django import template
from django.template import Context

from candidates.mail.reading import mail_of
from candidates.models import Candidate

register = template.Library()


@register.inclusion_tag("candidates/_thread_list.html", takes_context=True)
def person_emails(context: Context, candidate: Candidate) -> dict[str, Any]:
    """Show the team's letters with a person, and who is to be left alone. Four queries."""
    membership = context["membership"]
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "employer": context["employer"],
        "membership": membership,
        "candidate": candidate,
        "mail": mail_of(membership=membership, candidate=candidate),
    }
