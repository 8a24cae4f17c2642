"""Skip and bookmark: what a recruiter thinks of a person, for themselves alone."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Membership
from candidates.models import Candidate, Mark, MarkKind


def set_mark(membership: Membership, candidate: Candidate, kind: MarkKind | None) -> MarkKind | None:
    """Skip or bookmark a person, or neither; return what it was before, for *Undo*.

    Effects: one transaction. Repeat: harmless, also twice at once: the last one counts.
    """
    with transaction.atomic():
        before = Mark.objects.filter(membership=membership, candidate=candidate).first()
        if kind is None:
            Mark.objects.filter(membership=membership, candidate=candidate).delete()
        else:
            Mark.objects.bulk_create(
                [Mark(membership=membership, candidate=candidate, kind=kind)],
                update_conflicts=True,
                unique_fields=["membership", "candidate"],
                update_fields=["kind", "at"],
            )
    return MarkKind(before.kind) if before else None


def marks_of(membership: Membership, candidate_ids: Iterable[int]) -> dict[int, str]:
    """The member's marks of these people by primary key; whoever has none is not in it. One query."""
    rows = Mark.objects.filter(membership=membership, candidate__in=candidate_ids)
    return dict(rows.values_list("candidate_id", "kind"))
