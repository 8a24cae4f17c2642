"""What a file of people said goes away with it."""

from django.utils import timezone

from candidates.models import CandidateImport, CandidateImportRow, ImportState


def forget(each: CandidateImport) -> None:
    """Delete the file, and what the rows quote of it. Repeat: harmless."""
    CandidateImportRow.objects.filter(of=each).exclude(problems=[]).update(problems=[])
    name = each.file.name
    CandidateImport.objects.filter(pk=each.pk).update(file="")
    if name:
        each.file.storage.delete(name)


def sweep() -> None:
    """Forget the files that came a week ago; nobody has confirmed those that still wait. Repeat: harmless."""
    old = CandidateImport.objects.filter(uploaded_at__lt=timezone.now() - CandidateImport.KEPT_FOR).exclude(file="")
    for each in old:
        CandidateImport.objects.filter(pk=each.pk, state__in=[ImportState.READING, ImportState.READY]).update(
            state=ImportState.CANCELLED, finished_at=timezone.now()
        )
        forget(each)
