"""The network for the people who run the installation; Django finds the pages through these imports."""

from candidates.admin import applications, importing, joining, letters, mail, notices, profiles, searches, shares, team

__all__ = [
    "applications",
    "importing",
    "joining",
    "letters",
    "mail",
    "notices",
    "profiles",
    "searches",
    "shares",
    "team",
]
