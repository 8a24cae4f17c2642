"""The network for the people who run the installation; Django finds the pages through these imports."""

from candidates.admin import applications, letters, notices, profiles, searches, team

__all__ = ["applications", "letters", "notices", "profiles", "searches", "team"]
