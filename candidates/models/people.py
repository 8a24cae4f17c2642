"""Who the people of the network are, and the files they handed in."""

import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Lower


def document_path(document: "Document", _filename: str) -> str:
    """Where an upload rests: a random name, so that no name a stranger chose ever reaches the disk."""
    return f"documents/{document.key.hex[:2]}/{document.key.hex}"


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def by_email(self, *emails: str) -> Self:
        """Whose address is one of these, in any case; then `get_or_create(defaults=…)` survives losing a race."""
        # As the unique index has it; `iexact` would read every candidate.
        return self.alias(email_lower=Lower("email")).filter(email_lower__in=[email.lower() for email in emails])


class Candidate(models.Model):
    """A person of the network, known by e-mail."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    email = models.EmailField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [models.UniqueConstraint(Lower("email"), name="candidate_email_unique_any_case")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Document(models.Model):
    """A file that a candidate handed in, its kind found by content."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="documents")
    file = models.FileField(upload_to=document_path)
    filename = models.CharField(max_length=200)
    extension = models.CharField(max_length=5)
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class DocumentText(models.Model):
    """The words in a file, for skills and for search; apart from it, since lists of files never need them."""

    document = models.OneToOneField(Document, on_delete=models.CASCADE, related_name="words")
    text = models.TextField(blank=True, help_text="Empty if there is none, or none that can be read.")
    skills = models.JSONField(
        default=list, blank=True, help_text="Those that the words name, for the person to choose from."
    )
    decided_at = models.DateTimeField(null=True, blank=True, help_text="When the person chose among them.")

    def __str__(self) -> str:
        return f"Words of {self.document}"
