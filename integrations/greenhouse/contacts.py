"""How a person can be reached: ours in order, and what of it Greenhouse lacks. Pure functions: no I/O, no queries."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from candidates.models import Application
from integrations.greenhouse.schemas import CandidatePayload, ContactPayload

MAX_LINKS = 20
_SOCIAL_ENDINGS = (
    *(".linkedin.com", ".github.com", ".gitlab.com", ".twitter.com", ".x.com"),
    *(".xing.com", ".facebook.com", ".instagram.com", ".bsky.app"),
)
# The kinds of links that Greenhouse's websites know (contract §6.6); ours is called a website.
_WEBSITE_TYPES = {"personal": "personal", "company": "company", "blog": "blog", "other": "other"}
_SAME_PHONE_DIGITS = 9  # without the country's code, or the zero that stands for it


@dataclass(frozen=True, slots=True)
class Contacts:
    """What we know of a person, each thing once. Shape: `websites` are (address, type as Greenhouse calls it)."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]
    websites: tuple[tuple[str, str], ...]
    social: tuple[str, ...]
    company: str
    title: str

    @classmethod
    def of(cls, application: Application) -> "Contacts":
        links = each_once(application.links, lambda link: url_key(link["url"]))[:MAX_LINKS]
        is_social = [_host(link["url"]).endswith(_SOCIAL_ENDINGS) for link in links]
        return cls(
            emails=tuple(each_once([application.email, *application.other_emails], email_key)),
            phones=tuple(each_once([application.phone, *application.other_phones], phone_key)),
            websites=tuple(
                (link["url"], _WEBSITE_TYPES.get(link["kind"], "portfolio"))
                for link, social in zip(links, is_social, strict=True)
                if not social
            ),
            social=tuple(link["url"] for link, social in zip(links, is_social, strict=True) if social),
            company=application.current_company,
            title=application.current_title,
        )


def as_new(contacts: Contacts) -> dict[str, Any]:
    """What a new person's body says of them; what we do not know is left out."""
    body: dict[str, Any] = {
        "email_addresses": _typed(contacts.emails, "personal"),
        "phone_numbers": _typed(contacts.phones, "mobile"),
        "website_addresses": [{"value": url, "type": kind} for url, kind in contacts.websites],
        "social_media_addresses": [{"value": url} for url in contacts.social],
        "company": contacts.company,
        "title": contacts.title,
    }
    return {name: value for name, value in body.items() if value}


def additions(theirs: CandidatePayload, contacts: Contacts, tag: str) -> dict[str, Any]:
    """What an update has to say so that Greenhouse knows all we know; empty if it does.

    An update replaces each list it names (contract §6.6), so a list is given whole: theirs as it is, ours behind it.
    Nothing of theirs is changed, and custom fields are never named.
    """
    there = {url_key(entry.value) for entry in (*theirs.website_addresses, *theirs.social_media_addresses)}
    websites = [{"value": url, "type": kind} for url, kind in contacts.websites if url_key(url) not in there]
    social = [{"value": url} for url in contacts.social if url_key(url) not in there]
    body: dict[str, Any] = {
        **_longer("email_addresses", theirs.email_addresses, contacts.emails, email_key, "other"),
        **_longer("phone_numbers", theirs.phone_numbers, contacts.phones, phone_key, "other"),
    }
    if websites:
        body["website_addresses"] = [*_as_written(theirs.website_addresses), *websites]
    if social:
        kept = [{"value": entry.value} for entry in theirs.social_media_addresses if entry.value.strip()]
        body["social_media_addresses"] = [*kept, *social]
    if tag not in theirs.tags:
        body["tags"] = [*theirs.tags, tag]
    for name, ours in (("company", contacts.company), ("title", contacts.title)):
        if ours and not (getattr(theirs, name) or "").strip():
            body[name] = ours
    return body


def email_key(text: str) -> str:
    return text.strip().casefold()


def phone_key(text: str) -> str:
    """The same for one number however it is written: +49 30 1234567, 0049-30-1234567, 030 / 1234567."""
    return re.sub(r"\D", "", text).lstrip("0")[-_SAME_PHONE_DIGITS:]


def url_key(text: str) -> str:
    """The same for one page however its address is written: with or without https, www, a language, a last slash."""
    host = _host(text).removeprefix(".").removeprefix("www.")
    if not host:
        return text.strip().casefold()
    parts = urlsplit(_whole(text))
    if host.endswith(".linkedin.com"):  # de.linkedin.com, and tracking behind a question mark
        host = "linkedin.com"
    query = f"?{parts.query}" if parts.query and host != "linkedin.com" else ""
    return f"{host}{parts.path.rstrip('/')}{query}".casefold()


def _host(url: str) -> str:
    """`.www.example.com`, with a dot before it so that endings can be compared; empty for what is no address."""
    try:
        host = urlsplit(_whole(url)).hostname
    except ValueError:
        host = None
    return f".{host.casefold()}" if host else ""


def _whole(url: str) -> str:
    return url.strip() if "//" in url else f"//{url.strip()}"


def each_once(entries: Iterable[Any], key: Callable[[Any], str]) -> list[Any]:
    """Each entry once by its key, in order; those whose key is empty hold nothing."""
    first: dict[str, Any] = {}
    for entry in entries:
        first.setdefault(key(entry), entry)
    first.pop("", None)
    return list(first.values())


def _typed(values: Sequence[str], first_type: str) -> list[dict[str, str]]:
    return [{"value": value, "type": "other" if place else first_type} for place, value in enumerate(values)]


def _longer(
    name: str, theirs: Sequence[ContactPayload], ours: Sequence[str], key: Callable[[str], str], new_type: str
) -> dict[str, Any]:
    there = {key(entry.value) for entry in theirs}
    new = [{"value": value, "type": new_type} for value in ours if key(value) not in there]
    return {name: [*_as_written(theirs), *new]} if new else {}


def _as_written(theirs: Sequence[ContactPayload]) -> list[dict[str, str]]:
    """Their entries in the form that is written; a list that is written may hold no empty one."""
    return [{"value": entry.value, "type": entry.type or "other"} for entry in theirs if entry.value.strip()]
