"""What search engines may read, and where it all is: robots.txt and sitemap.xml."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from jobs.caching import cacheable
from jobs.models import Job

PAGES_PER_SITEMAP = 5000
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
Entry = tuple[str, str]  # path, time of the last change or nothing
_CLOSED_TO_ROBOTS = ("/admin/", "/employers/", "/accounts/", "/greenhouse/", "/companies/*/applied/")


@require_safe
@cacheable(varies_by_visitor=False)
def robots(request: HttpRequest) -> HttpResponse:
    """Keep robots out of what is not for the public, and show them the sitemap."""
    rules = "".join(f"Disallow: {path}\n" for path in _CLOSED_TO_ROBOTS)
    text = f"User-agent: *\n{rules}\nSitemap: {settings.BASE_URL}{reverse('sitemap')}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cacheable(varies_by_visitor=False)
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every company page and live job, or the parts of that list once it is long."""
    jobs = Job.objects.live().count()
    if jobs <= PAGES_PER_SITEMAP:
        return _xml("urlset", "url", [*_companies(), *_jobs(1)])
    parts = range(1, -(-jobs // PAGES_PER_SITEMAP) + 1)
    entries = [(reverse("sitemap_part", args=[part]), "") for part in (0, *parts)]
    return _xml("sitemapindex", "sitemap", entries)


@require_safe
@cacheable(varies_by_visitor=False)
def sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    """One part of a long list: 0 has the companies, the others five thousand jobs each."""
    entries = list(_jobs(part) if part else _companies())
    if not entries:
        raise Http404
    return _xml("urlset", "url", entries)


def _companies() -> Iterable[Entry]:
    """Employers with live jobs; a company page without any has nothing to be found for."""
    rows = Job.objects.live().order_by("employer").values_list("employer__slug")
    for slug, _, changed_at in rows.annotate(job_count=Count("pk"), changed_at=Max("updated_at")):
        yield reverse("company_page", args=[slug]), changed_at.isoformat(timespec="seconds")


def _jobs(part: int) -> Iterable[Entry]:
    rows = Job.objects.live().order_by("pk").values_list("employer__slug", "pk", "updated_at")
    start = (part - 1) * PAGES_PER_SITEMAP
    if start > 2**40:  # beyond what a database takes as an offset
        return
    for slug, pk, changed_at in rows[start : start + PAGES_PER_SITEMAP]:
        yield reverse("public_job", args=[slug, pk]), changed_at.isoformat(timespec="seconds")


def _xml(root: str, element: str, entries: Iterable[Entry]) -> HttpResponse:
    rows = [
        f"<{element}><loc>{escape(settings.BASE_URL + path)}</loc>"
        f"{f'<lastmod>{changed_at}</lastmod>' if changed_at else ''}</{element}>"
        for path, changed_at in entries
    ]
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {_NAMESPACE}>", *rows, f"</{root}>", ""])
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
