"""What a person of the network tells employers about themselves, and whom they do not want to be seen by."""

import re
import unicodedata
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from accounts.models import Employer
from candidates.models.people import Candidate, Document

# "Lumen Robotics GmbH" and "lumen-robotics.com" are one company to whoever wants to be hidden from it.
_LEGAL_FORMS = {
    *("ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "kg", "limited", "llc", "llp", "ltd", "oy"),
    *("plc", "pty", "sa", "sarl", "se", "srl", "ug"),
}
_PUNYCODE = re.compile(r"\bxn--[a-z0-9-]+")
_ON_LINKEDIN = re.compile(r"linkedin\.com/(?:company|school|showcase)/([^/?#]+)")
_COUNTRY_SECOND_LEVEL = {"ac", "co", "com", "net", "org"}


class TermKind(models.TextChoices):
    """What a term says of a person."""

    SKILL = "skill", "Skill"
    POSITION = "position", "Kind of position"
    VALUE = "value", "Value"
    INTEREST = "interest", "Interest"
    LOCATION = "location", "Target location"


class Term(models.Model):
    """One word that many people share: a skill, a value, a place.

    Positions, values and interests are a fixed list (`vocabulary.py`); skills and locations grow as people write them.
    """

    kind = models.CharField(max_length=10, choices=TermKind.choices)
    key = models.CharField(max_length=80, help_text="The name as it is compared: lower case, single spaces.")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["kind", Lower("name"), "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="term_unique")]

    def __str__(self) -> str:
        return self.name


class Remote(models.TextChoices):
    """Where somebody wants to work."""

    ONLY = "only", "Remote only"
    OPEN = "open", "Remote or on site"
    NO = "no", "On site"


class Level(models.TextChoices):
    """How far somebody is."""

    ENTRY = "entry", "Entry level"
    JUNIOR = "junior", "Junior"
    MID = "mid", "Mid-level"
    SENIOR = "senior", "Senior"
    LEAD = "lead", "Lead or staff"
    EXECUTIVE = "executive", "Executive"


class SearchState(models.TextChoices):
    """How much somebody wants to hear of jobs."""

    ACTIVE = "active", "Actively looking"
    OPEN = "open", "Open to offers"
    NOT_LOOKING = "not_looking", "Not looking"


class ProfileQuerySet(models.QuerySet["Profile"]):
    def visible_to(self, employer: Employer) -> "ProfileQuerySet":
        """The one rule of who may be seen: listed, and not hidden from this employer under any of its names.

        Search, links, shares, e-mails and counts all start here.
        """
        hidden = HiddenFrom.objects.filter(profile=models.OuterRef("pk"), key__in=company_keys(employer))
        return self.filter(~models.Exists(hidden), is_listed=True)


class Profile(models.Model):
    """A candidate who joined the network: the e-mail address was proved, or an operator imported them.

    Units: salaries are whole units of `salary_currency` a year.
    """

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="profile")
    pronouns = models.CharField(max_length=40, blank=True)
    current_title = models.CharField(max_length=200, blank=True)
    current_company = models.CharField(max_length=200, blank=True)
    summary = models.TextField(max_length=600, blank=True)
    linkedin_url = models.URLField("LinkedIn", blank=True)
    github_url = models.URLField("GitHub", blank=True)
    portfolio_url = models.URLField("portfolio", blank=True)
    resume = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    remote = models.CharField(max_length=5, choices=Remote.choices, default=Remote.OPEN)
    level = models.CharField("experience level", max_length=10, choices=Level.choices, blank=True)
    years = models.PositiveSmallIntegerField("years of experience", null=True, blank=True)
    salary_min = models.PositiveIntegerField(null=True, blank=True)
    salary_max = models.PositiveIntegerField(null=True, blank=True)
    salary_currency = models.CharField(max_length=3, blank=True)
    search_state = models.CharField(max_length=12, choices=SearchState.choices, default=SearchState.OPEN)
    is_listed = models.BooleanField(default=True, help_text="Off: no employer finds this person.")
    can_be_sent = models.BooleanField(
        default=True,
        help_text="Employers may put this person into their hiring software, with the e-mail address.",
    )
    terms = models.ManyToManyField(Term, through="ProfileTerm", related_name="profiles")
    imported_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When an operator brought them in; empty as soon as the person saved the profile themselves.",
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    LINKS: ClassVar[dict[str, str]] = {"linkedin_url": "LinkedIn", "github_url": "GitHub", "portfolio_url": "Portfolio"}

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["-joined_at", "-pk"]
        indexes = [
            models.Index("joined_at", name="profile_joined", condition=models.Q(is_listed=True)),
            # All that the search puts in order by, so that it need not open the profile itself (PostgreSQL).
            models.Index(
                fields=["id"],
                include=["candidate", "joined_at", "search_state"],
                name="profile_searched",
                condition=models.Q(is_listed=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(salary_min=None)
                | models.Q(salary_max=None)
                | models.Q(salary_min__lte=models.F("salary_max")),
                name="profile_salary_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.candidate.name

    @property
    def labelled_links(self) -> list[tuple[str, str]]:
        """The links with the names people know them by: [("LinkedIn", "https://…")]."""
        return [(label, getattr(self, field)) for field, label in self.LINKS.items() if getattr(self, field)]

    @property
    def salary_in_words(self) -> str:
        """`60,000–80,000 EUR a year`; empty for somebody who says nothing of it."""
        low, high = (f"{value:,}" if value is not None else "" for value in (self.salary_min, self.salary_max))
        if low and high:
            words = low if low == high else f"{low}–{high}"
        elif low or high:
            words = f"from {low}" if low else f"up to {high}"
        else:
            return ""
        return " ".join(filter(None, (words, self.salary_currency, "a year")))

    @property
    def years_in_words(self) -> str:
        if self.years is None:
            return ""
        return "Less than a year" if self.years == 0 else f"{self.years} year{'' if self.years == 1 else 's'}"

    def names_of(self, kind: TermKind) -> list[str]:
        """The names of the terms of one kind. No query where `terms` is prefetched."""
        return [term.name for term in self.terms.all() if term.kind == kind]


class ProfileTerm(models.Model):
    """That a person says a term of themselves."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="profile_terms")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "term"], name="profile_term_unique")]
        indexes = [models.Index("term", "profile", name="profile_term_by_term")]

    def __str__(self) -> str:
        return f"{self.profile_id} · {self.term_id}"


class HiddenFrom(models.Model):
    """A company that a person does not want to be seen by, whether it is with us today or joins later."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="hidden_from")
    name = models.CharField(max_length=200, help_text="As the person wrote it: a name or a web address.")
    key = models.CharField(max_length=200, db_index=True, editable=False)

    class Meta:
        ordering = [Lower("name"), "pk"]
        verbose_name_plural = "hidden from"
        constraints = [models.UniqueConstraint(fields=["profile", "key"], name="hidden_from_unique")]

    def __str__(self) -> str:
        return self.name


def company_key(written: str) -> str:
    """What a company's name or web address is compared by; empty if nothing is left of it.

    Too many hidden is better than one too few: acme.io and Acme Inc. are one, and so is Acme's page on LinkedIn.
    """
    text = _plain(_PUNYCODE.sub(_spelled, written.casefold())).strip().rstrip(".")
    if page := _ON_LINKEDIN.search(text):
        text = page[1]
    host = re.fullmatch(r"(?:https?://)?(?:[^/\s@]*@)?((?:[\w-]+\.)+[a-z]{2,})(?::\d+)?(?:[/?#].*)?", text)
    if host:
        labels = host[1].removeprefix("www.").split(".")[:-1]
        text = labels[-2] if len(labels) > 1 and labels[-1] in _COUNTRY_SECOND_LEVEL else labels[-1]
    kept = re.findall(r"\w+", text)
    while len(kept) > 1 and kept[-1] in _LEGAL_FORMS:
        kept.pop()
    return "".join(kept)[:200]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _spelled(label: re.Match[str]) -> str:
    """The letters that a part of a web address stands for: xn--mller-kva is müller."""
    try:
        return label[0].encode().decode("idna")
    except UnicodeError:
        return label[0]


def company_keys(employer: Employer) -> set[str]:
    """All that an employer may be called by somebody who wants to be hidden from it."""
    return {company_key(name) for name in (employer.name, employer.website, employer.slug)} - {""}
