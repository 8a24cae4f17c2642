"""A live job as search engines read it: schema.org `JobPosting`, by the rules Google has for it.

Google wants a title, a description, when it was posted, who hires, and a place with a country or, for a fully remote
job, a country from which people may apply. A job that cannot say the first four or any place gets no markup at all,
which is better than markup that is refused.
Source: https://developers.google.com/search/docs/appearance/structured-data/job-posting
"""

import json
import math
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Employer
from jobs.models import Job
from jobs.pay import Pay
from jobs.places import COUNTRY_NAMES, Place, read_place

VALID_FOR = timedelta(days=60)
# What is live stays valid: never less than this is promised, and the promise is renewed in steps of as much.
VALID_AT_LEAST = timedelta(days=30)
_EMPLOYMENT_TYPES = (
    ("INTERN", r"intern(ship)?s?|praktik\w*|trainee|werkstudent\w*|working student"),
    ("PART_TIME", r"part[ -]?time|teilzeit|temps partiel"),
    ("FULL_TIME", r"full[ -]?time|vollzeit|temps plein|permanent|unbefristet"),
    ("CONTRACTOR", r"contract(or)?|freelanc\w*"),
    ("TEMPORARY", r"temp(orary)?|fixed[ -]term|befristet|seasonal"),
    ("VOLUNTEER", r"volunteer\w*"),
    ("PER_DIEM", r"per diem"),
)


def job_posting(job: Job) -> dict[str, Any] | None:
    """Describe a live job with its employer in schema.org's words; None if too little is known of it."""
    where = _where(job)
    if not job.title.strip() or not job.description.strip() or not where:
        return None
    posting: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": job.title,
        "description": job.description,
        "identifier": {"@type": "PropertyValue", "name": job.employer.name, "value": str(job.pk)},
        "datePosted": job.posted_at.isoformat(timespec="seconds"),
        "validThrough": valid_through(job, timezone.now()).isoformat(timespec="seconds"),
        "hiringOrganization": _organization(job.employer),
        **where,
        "directApply": True,
        "url": settings.BASE_URL + job.get_absolute_url(),
    }
    if types := employment_types(job.employment_type):
        posting["employmentType"] = types if len(types) > 1 else types[0]
    if job.pay:
        posting["baseSalary"] = _salary(job.pay)
    return posting


def script_safe(data: dict[str, Any]) -> SafeString:
    """Write data as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return mark_safe(text)  # noqa: S308 - nothing is left that HTML would read


def valid_through(job: Job, now: datetime) -> datetime:
    """Say until when a live job is surely open: sixty days after its last change, then renewed while it is live.

    Nobody tells us when a job will be filled. It changes only once a month, so that caches and readers see few changes.
    """
    end = job.updated_at + VALID_FOR
    missing = now + VALID_AT_LEAST - end
    return end + VALID_AT_LEAST * max(0, math.ceil(missing / VALID_AT_LEAST))


def employment_types(text: str) -> list[str]:
    """Translate the employer's words into Google's; OTHER for words that nobody knows."""
    found = [name for name, words in _EMPLOYMENT_TYPES if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE)]
    return found or (["OTHER"] if text.strip() else [])


def _organization(employer: Employer) -> dict[str, Any]:
    organization = {"@type": "Organization", "name": employer.name}
    if employer.website:
        organization["sameAs"] = employer.website
    if employer.logo:
        organization["logo"] = settings.BASE_URL + employer.logo_url
    return organization


def _where(job: Job) -> dict[str, Any]:
    home = read_place(job.employer.headquarters)
    places = [place for place in map(read_place, job.places) if place]
    if not places and not job.is_remote and home:
        places = [home]  # a job that names no place is where its employer is
    places = [_with_country(place, home) for place in places]
    where: dict[str, Any] = {}
    towns = [place for place in places if place.locality or place.region or not job.is_remote]
    if towns:
        addresses = [{"@type": "Place", "address": _address(place)} for place in towns]
        where["jobLocation"] = addresses if len(addresses) > 1 else addresses[0]
    if job.is_remote:
        where["jobLocationType"] = "TELECOMMUTE"
        countries = sorted({place.country for place in places if place.country}) or [home.country]
        named = [{"@type": "Country", "name": COUNTRY_NAMES[country]} for country in countries if country]
        if not named and not towns:
            return {}
        if named:
            where["applicantLocationRequirements"] = named if len(named) > 1 else named[0]
    return where


def _with_country(place: Place, home: Place) -> Place:
    # "Berlin" alone is the Berlin of the headquarters, if it is a Berlin.
    if not place.country and place.locality and place.locality.casefold() == home.locality.casefold():
        return home
    return place


def _address(place: Place) -> dict[str, str]:
    parts = {"addressLocality": place.locality, "addressRegion": place.region, "addressCountry": place.country}
    return {"@type": "PostalAddress", **{name: text for name, text in parts.items() if text}}


def _salary(pay: Pay) -> dict[str, Any]:
    low, high = pay.lowest, pay.highest
    amounts = {"value": low} if low == high else {"minValue": low, "maxValue": high}
    value = {name: _amount(cents) for name, cents in amounts.items() if cents is not None}
    quantity = {"@type": "QuantitativeValue", **value, "unitText": pay.period.name}
    return {"@type": "MonetaryAmount", "currency": pay.currency, "value": quantity}


def _amount(cents: int) -> int | float:
    # JSON has no other number than a float for what is not whole; up to here it was never one.
    return cents // 100 if cents % 100 == 0 else cents / 100
