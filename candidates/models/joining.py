"""How a candidate logs in: by a link that goes to their e-mail address, without a password."""

from datetime import datetime, timedelta

from django.db import models

from candidates.models.people import Candidate


class SignInQuerySet(models.QuerySet["SignIn"]):
    def usable(self, now: datetime) -> "SignInQuerySet":
        return self.filter(used_at=None, sent_at__gt=now - SignIn.VALID_FOR)

    def open(self, now: datetime) -> "SignInQuerySet":
        """Those that somebody is logged in by."""
        return self.filter(used_at__gt=now - SignIn.LASTS_FOR)

    def over(self, now: datetime) -> "SignInQuerySet":
        """Those that nobody can log in by, and nobody is logged in by, and that no limit counts any more."""
        unused = models.Q(used_at=None, asked_at__lt=now - SignIn.COUNTED_FOR)
        return self.filter(unused | models.Q(used_at__lte=now - SignIn.LASTS_FOR))


class SignIn(models.Model):
    """A link to log in, and what it opened. The browser's session names the row: without the row nobody is logged in.

    The key of the link stands in the letter alone; it is made when the letter is.
    """

    VALID_FOR = timedelta(hours=1)
    LASTS_FOR = timedelta(days=14)
    COUNTED_FOR = timedelta(days=1)

    email = models.EmailField(db_index=True, help_text="Lower case.")
    changes = models.ForeignKey(
        Candidate,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Who wants to use this address from now on. Empty: the link only logs in.",
    )
    key_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        # For the sweep of letters: next to nothing is in it.
        indexes = [models.Index("asked_at", name="sign_in_unsent", condition=models.Q(sent_at=None))]

    def __str__(self) -> str:
        return f"Link of {self.asked_at:%Y-%m-%d %H:%M}"
