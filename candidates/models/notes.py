"""What the team writes to each other about a person."""

from django.db import models
from django.utils import timezone

from accounts.models import Employer, User
from candidates.models.people import Candidate


class Note(models.Model):
    """A note of the team; no candidate and no other employer ever reads it."""

    employer = models.ForeignKey(Employer, on_delete=models.CASCADE, related_name="notes")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=5000)
    mentioned = models.ManyToManyField(User, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index("employer", "candidate", "created_at", name="note_of_a_person")]

    def __str__(self) -> str:
        return f"Note {self.pk}"
