"""An employer's newest live jobs for feed readers and other programs: Atom, and JSON Feed 1.1."""

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Coalesce, Length
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import require_safe

from accounts.models import Employer
from jobs.caching import cacheable
from jobs.html import text_summary
from jobs.models import Job

ENTRIES = 100
# A longer text is left to its page: a hundred of one megabyte each would be no feed.
LONGEST_TEXT = 50_000
SUMMARY_LENGTH = 300
# What XML 1.0 cannot carry at all, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@require_safe
@cacheable(varies_by_visitor=False)
def atom(request: HttpRequest, slug: str) -> HttpResponse:
    """The employer's newest live jobs as an Atom feed (RFC 4287)."""
    employer = get_object_or_404(Employer, slug=slug)
    jobs = _newest(employer)
    feed = _AtomFeed(
        title=_xml(f"Jobs at {employer.name}"),
        link=_address(employer.get_absolute_url()),
        description=_xml(employer.tagline),
        feed_url=_address(reverse("jobs_atom", args=[slug])),
        author_name=_xml(employer.name),
        icon=_address(employer.logo_url) if employer.logo else "",
        updated=max([job.updated_at for job in jobs], default=employer.updated_at),
    )
    for job in jobs:
        address = _address(job.get_absolute_url())
        feed.add_item(
            title=_xml(job.title),
            link=address,
            unique_id=address,
            description=escape(_xml(_summary(job))),
            content=_xml(job.feed_text),  # type: ignore[attr-defined]  # annotated in `_newest`
            language=job.language_tag,
            pubdate=job.posted_at,
            updateddate=job.updated_at,
            categories=[_xml(word) for word in (job.department, job.employment_type) if word],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
@cacheable(varies_by_visitor=False)
def json_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The employer's newest live jobs as a JSON Feed (https://jsonfeed.org/version/1.1)."""
    employer = get_object_or_404(Employer, slug=slug)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Jobs at {employer.name}",
        "description": employer.tagline,
        "home_page_url": _address(employer.get_absolute_url()),
        "feed_url": _address(reverse("jobs_json", args=[slug])),
        "icon": _address(employer.logo_url) if employer.logo else "",
        "authors": [{"name": employer.name, "url": employer.website or _address(employer.get_absolute_url())}],
        "items": [_item(job) for job in _newest(employer)],
    }
    return JsonResponse(
        {name: value for name, value in feed.items() if value != ""},
        content_type="application/feed+json",
        json_dumps_params={"ensure_ascii": False},
    )


class _AtomFeed(Atom1Feed):
    """Django's feed with the company's logo, whose entries also carry the whole text and its language."""

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if self.feed["icon"]:
            handler.addQuickElement("icon", self.feed["icon"])

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        language = item["language"]
        return {"xml:lang": language} if language else {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["content"]:
            handler.addQuickElement("content", item["content"], {"type": "html"})


def _newest(employer: Employer) -> list[Job]:
    posted = Coalesce("first_published_at", "live_since", "created_at")
    live = Job.objects.for_employer(employer).live().order_by(posted.desc(), "-pk")
    # The ids first: a database would carry every text along while it sorts.
    newest = list(live.values_list("pk", flat=True)[:ENTRIES])
    text = Case(When(text_length__lte=LONGEST_TEXT, then=F("description")), default=Value(""), output_field=TextField())
    rows = Job.objects.live().filter(pk__in=newest).alias(text_length=Length("description")).annotate(feed_text=text)
    found = rows.defer("description", "questions").select_related("employer").in_bulk()
    # One may have gone between the two questions.
    return [found[pk] for pk in newest if pk in found]


def _item(job: Job) -> dict[str, Any]:
    text: str = job.feed_text  # type: ignore[attr-defined]  # annotated in `_newest`
    address = _address(job.get_absolute_url())
    item = {
        "id": address,
        "url": address,
        "title": job.title,
        "summary": _summary(job),
        "date_published": _time(job.posted_at),
        "date_modified": _time(job.updated_at),
        "language": job.language_tag,
        "tags": [word for word in (job.department, job.employment_type) if word],
        # An item must have one of the two.
        **({"content_html": text} if text else {"content_text": _summary(job)}),
        "_job": {
            "locations": job.places,
            "department": job.department,
            "employment_type": job.employment_type,
            "is_remote": job.is_remote,
            "pay": str(job.pay) if job.pay else "",
            "apply_url": _address(reverse("apply", args=[job.employer.slug, job.pk])),
        },
    }
    return {name: value for name, value in item.items() if value not in ("", [])}


def _summary(job: Job) -> str:
    facts = [job.location, "Fully remote" if job.is_remote else "", job.department, str(job.pay or "")]
    opening = text_summary(job.feed_text, SUMMARY_LENGTH)  # type: ignore[attr-defined]  # annotated in `_newest`
    return " – ".join(part for part in (", ".join(filter(None, facts)), opening) if part) or job.title


def _address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
