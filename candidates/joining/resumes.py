"""Read the words of résumés, for the search and for the skills that are proposed to their owners."""

from datetime import timedelta

from django.utils import timezone

from candidates.models import Document, DocumentText, Profile
from candidates.resume_text import words_of
from candidates.search import index
from candidates.skills import found_in

READ_PER_SWEEP = 50
_OWED_FOR = timedelta(days=3)


def owed() -> list[int]:
    """Résumés of profiles that nobody has read."""
    rows = Profile.objects.order_by("pk").filter(updated_at__gt=timezone.now() - _OWED_FOR)
    rows = rows.filter(resume__isnull=False, resume__words=None)
    return list(rows.values_list("resume", flat=True)[:READ_PER_SWEEP])


def read(document_id: int) -> None:
    """Keep the words of a résumé; it is read once, whatever came of it.

    Effects: one short process, then three statements for whoever has it as their résumé. Repeat: harmless.
    """
    document = Document.objects.filter(pk=document_id, words=None).select_related("candidate").first()
    if document is None:
        return
    try:
        with document.file.open("rb") as file:
            text = words_of(file.read(), document.extension)
    except FileNotFoundError:
        text = ""
    own_names = set(document.candidate.name.casefold().split())  # Ada, Julia and Ruby are languages, too
    skills = [name for name in found_in(text) if name.casefold() not in own_names]
    DocumentText.objects.bulk_create([DocumentText(document=document, text=text, skills=skills)], ignore_conflicts=True)
    index.refresh(Profile.objects.filter(resume=document_id).values_list("pk", flat=True))
