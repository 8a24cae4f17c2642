"""Are these two the same person? What speaks for it, and what that is worth. Pure functions: no I/O, no queries.

An e-mail address is a name that only one person has as a rule. A phone number or a profile speaks for the same person
but may be shared or mistyped, so a recruiter is asked. Name and company are two weak signs: only together do they ask,
and not where the two have different profiles on the same site.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from django.db.models import TextChoices

from candidates.models import Application
from integrations.greenhouse.contacts import email_key, phone_key, url_key
from integrations.greenhouse.schemas import CandidatePayload

_FEWEST_DIGITS = 7  # shorter numbers are extensions, or were cut off
_PROFILE = re.compile(r"linkedin\.com/(?:in|pub)/[^/?]+|(?:github|gitlab)\.com/[^/?]+")
_NO_PROFILES = frozenset({"github.com/orgs", "github.com/about", "gitlab.com/groups", "gitlab.com/explore"})
_LEGAL_FORMS = frozenset(
    {
        *("inc", "incorporated", "corp", "corporation", "co", "company", "llc", "ltd", "limited", "plc", "lp"),
        *("gmbh", "ag", "se", "kg", "ug", "mbh", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy"),
    }
)


class Evidence(TextChoices):
    """What two records have in common, the strongest first."""

    EMAIL = "email", "Same email"
    PROFILE = "profile", "Same profile"
    PHONE = "phone", "Same phone"
    NAME_AND_COMPANY = "name_and_company", "Same name and company"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a person is recognised by, however it is written; an empty text stands for what is not known."""

    emails: frozenset[str]
    phones: frozenset[str]
    profiles: frozenset[str]
    names: frozenset[str]
    company: str

    @classmethod
    def of_application(cls, application: Application) -> "Traits":
        return cls(
            emails=_keys(email_key, (application.email, *application.other_emails)),
            phones=_keys(phone_trait, (application.phone, *application.other_phones)),
            profiles=_keys(profile_trait, (link["url"] for link in application.links)),
            names=_keys(name_trait, (application.name,)),
            company=company_trait(application.current_company),
        )

    @classmethod
    def of_person(cls, person: CandidatePayload) -> "Traits":
        links = (*person.social_media_addresses, *person.website_addresses)
        firsts = (person.first_name, person.preferred_name)
        return cls(
            emails=_keys(email_key, (entry.value for entry in person.email_addresses)),
            phones=_keys(phone_trait, (entry.value for entry in person.phone_numbers)),
            profiles=_keys(profile_trait, (entry.value for entry in links)),
            names=_keys(name_trait, (f"{first} {person.last_name or ''}" for first in firsts if first)),
            company=company_trait(person.company or ""),
        )

    def marks(self) -> set[tuple[Evidence, str]]:
        """What can be looked up without knowing the person: all but the e-mail addresses, which Greenhouse finds."""
        return {
            *((Evidence.PROFILE, profile) for profile in self.profiles),
            *((Evidence.PHONE, phone) for phone in self.phones),
            *((Evidence.NAME_AND_COMPANY, f"{name} at {self.company}") for name in self.names if self.company),
        }


def evidence(ours: Traits, theirs: Traits) -> list[Evidence]:
    """Return what speaks for one person, the strongest first; empty where nobody need be asked."""
    shared = {kind for kind, _ in ours.marks() & theirs.marks()}
    if ours.emails & theirs.emails:
        shared.add(Evidence.EMAIL)
    if shared == {Evidence.NAME_AND_COMPANY} and _have_other_profiles(ours, theirs):
        return []
    return [kind for kind in Evidence if kind in shared]


def _have_other_profiles(ours: Traits, theirs: Traits) -> bool:
    """True where both are on one site, as different people."""
    sites = [{profile.partition("/")[0] for profile in each.profiles} for each in (ours, theirs)]
    return bool(sites[0] & sites[1])


def phone_trait(text: str) -> str:
    key = phone_key(text)
    return key if len(key) >= _FEWEST_DIGITS else ""


def profile_trait(url: str) -> str:
    """`linkedin.com/in/ada` or `github.com/ada`; empty for any other page."""
    found = _PROFILE.match(unquote(url_key(url)))
    return found[0] if found and found[0] not in _NO_PROFILES else ""


def name_trait(text: str) -> str:
    """The same for Ada Björk, BJORK ADA and Björk, Ada."""
    return " ".join(sorted(_words(text)))


def company_trait(text: str) -> str:
    """The same for Acme, ACME Inc. and Acme, Inc."""
    return " ".join(word for word in _words(text.replace(".", "")) if word not in _LEGAL_FORMS)


def _words(text: str) -> list[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return re.findall(r"\w+", plain.casefold())


def _keys(trait: Callable[[str], str], texts: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(trait, texts)))
