"""Who people are at Greenhouse: those we send, and those who get the credit."""

from django.db import models

from accounts.models import User
from integrations.models.connection import Connection, WithProblem


class GreenhousePerson(models.Model):
    """Who a person is at Greenhouse, by e-mail; its lease keeps two exports from making two people."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="people")
    email = models.EmailField(help_text="Lower case.")
    remote_id = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    leased_for = models.BigIntegerField(null=True, blank=True, editable=False, help_text="The export at work.")

    class Meta:
        verbose_name_plural = "Greenhouse people"
        constraints = [models.UniqueConstraint(fields=["connection", "email"], name="greenhouse_person_unique")]

    def __str__(self) -> str:
        return self.email


class GreenhouseCredit(WithProblem):
    """Whom Greenhouse credits for what one of the team sends: their user there, found by e-mail, and its referrer.

    With a problem, the credit goes to the person we act as; it is looked up again now and then, so it heals by itself.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="credits")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    user_remote_id = models.CharField(max_length=40, blank=True)
    referrer_remote_id = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "user"], name="greenhouse_credit_unique")]

    def __str__(self) -> str:
        return str(self.user)
