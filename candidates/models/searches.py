"""What the search of the network looks through, and the searches that members keep."""

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
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
    wishes = models.TextField(help_text="Places, values and interests; and a word for each term.")
    resume = models.TextField(help_text="The words of the résumé.")
    indexed_at = models.DateTimeField(help_text="When the profile was read; what changed later is missing here.")

    def __str__(self) -> str:
        return f"Words of {self.profile_id}"


class SavedSearch(models.Model):
    """A search that a member keeps, and is told of when new people match.

    `told_until` is the queue: whoever joined later is still to be told of. Units: `address` is what stands behind the
    question mark of the page's address; `search.query.Query` reads it.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    address = models.TextField(blank=True)
    wants_email = models.BooleanField("e-mail me when new people match", default=True)
    told_until = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [Lower("name"), "pk"]
        verbose_name_plural = "saved searches"
        constraints = [models.UniqueConstraint(fields=["membership", "name"], name="saved_search_name_unique")]
        indexes = [models.Index("told_until", name="saved_search_told_until")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        page = reverse("candidates", args=[self.membership.employer.slug])
        return f"{page}?{self.address}" if self.address else page
