"""What the search of the network looks through."""

from django.db import models

from candidates.models.profile import Profile


class ProfileText(models.Model):
    """The words of a profile as they are compared (`search.words.fold`), from what says most to what says least.

    Written by `search.index` alone. The database keeps its own index in step with every row by itself: PostgreSQL in
    two generated columns, SQLite in a virtual table filled by triggers (`0011_profile_texts`). A migration that
    alters this table must make those anew, since SQLite drops triggers with the old table.
    """

    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, primary_key=True, related_name="text")
    headline = models.TextField(help_text="Name, title and skills.")
    about = models.TextField(help_text="Company, kinds of position and summary.")
    wishes = models.TextField(help_text="Places, values and interests.")
    resume = models.TextField(help_text="The words of the résumé.")
    indexed_at = models.DateTimeField(help_text="When the profile was read; what changed later is missing here.")

    def __str__(self) -> str:
        return f"Words of {self.profile_id}"
