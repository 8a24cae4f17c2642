"""Where a person's page leads back to: to where one came from."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.permissions import EmployerRequest

# What `?from=` may name: an address of the employer's, its words, and which entry of the panel it belongs to.
_PAGES = {
    "applicants": ("Applicants", "applicants"),
    "pipeline": ("Pipeline", "pipeline"),
    "messages": ("Messages", "messages"),
    "notifications": ("Notifications", ""),
    "shared_with_me": ("Shared with me", "candidates"),
    "duplicates": ("Duplicates", "exports"),
    "exports": ("Exports", "exports"),
    "candidates": ("Candidates", "candidates"),
}


@dataclass(frozen=True, slots=True)
class Back:
    """A link back, with the entry of the panel that is the current one."""

    url: str
    label: str
    nav: str


def back_from(request: EmployerRequest, *, is_in_network: bool) -> Back:
    """The page that `?from=` names; else the search with its words, or the applicants for who is not of the network."""
    name = request.GET.get("from", "")
    if name not in _PAGES:
        name = "candidates" if is_in_network else "applicants"
    label, nav = _PAGES[name]
    url = reverse(name, args=[request.employer.slug])
    asked = request.GET.copy()
    asked.pop("from", None)
    return Back(f"{url}?{asked.urlencode()}" if asked else url, label, nav)
