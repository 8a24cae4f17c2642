"""Brings the demo's network in: three hundred people, some with a résumé, some of whom the demo's team has met."""

from collections.abc import Sequence
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Employer, Membership, User
from candidates.demo.careers import resume_of
from candidates.demo.network import network
from candidates.demo.resume import resume_pdf
from candidates.making.person import Person
from candidates.making.writing import Writer
from candidates.marks import set_mark
from candidates.models import Document, DocumentText, MarkKind, Profile
from candidates.notes import write_note
from candidates.search import index
from candidates.services import store
from candidates.uploads import check_resume

RESUMES = 60
# What the demo's recruiter thinks of these, and wrote down for the team.
_BOOKMARKED = ("Ingrid Halvorsen", "Marcin Dudek", "Celine Aubert", "Eric Sundström", "Nele Kuipers")
_SKIPPED = ("Hugh Pemberton",)
_NOTES = {
    "Ingrid Halvorsen": "Met at the field robotics days in Bergen. Wants to stay in Oslo until summer, then Berlin.",
    "Nele Kuipers": "Advised one of our customers against us in 2024, for good reasons. We should have her.",
}


def join_network(stored: list[Document], *, employer: Employer, recruiter: User) -> None:
    """Write everybody, each on a day of their own; in the caller's transaction.

    Effects: rows, and files that are in `stored` for whoever has to take them away again.
    """
    people = network()
    profiles = Writer().add(people)
    now = timezone.now()
    for number, profile in enumerate(profiles):
        # Close together lately, ever further apart before: a network that grows.
        profile.joined_at = now - timedelta(hours=3 + number * (number + 60) / 25)
    Profile.objects.bulk_update(profiles, ["joined_at"], batch_size=100)
    _add_resumes(stored, list(zip(people, profiles, strict=True)))
    _remember(employer, recruiter)


def _add_resumes(stored: list[Document], pairs: Sequence[tuple[Person, Profile]]) -> None:
    drawable = [pair for pair in pairs if _is_drawable(pair[0])]
    employers = sorted(person.fields["current_company"] for person, _ in drawable)
    today = timezone.localdate()
    having = drawable[::3][:RESUMES]
    texts = []
    for person, profile in having:
        resume = resume_of(person, employers=employers, today=today)
        content = resume_pdf(name=person.name, contact=person.email, resume=resume)
        document = store(check_resume(ContentFile(content, name=f"{person.name} - Résumé.pdf")))
        stored.append(document)
        document.candidate = profile.candidate
        document.save()
        profile.resume = document
        lines = [line for post in (*resume.posts, *resume.education) for line in post]
        text = "\n".join([person.name, resume.headline, resume.summary, *lines, resume.skills])
        texts.append(DocumentText(document=document, text=text))
    DocumentText.objects.bulk_create(texts)
    Profile.objects.bulk_update([profile for _, profile in having], ["resume"], batch_size=100)
    index.refresh(profile.pk for _, profile in having)


def _is_drawable(person: Person) -> bool:
    """Whether the letters of this person are in the fonts of the drawn résumé."""
    words = [person.name, *(str(value) for value in person.fields.values()), *sum(person.names.values(), [])]
    try:
        "".join(words).encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _remember(employer: Employer, recruiter: User) -> None:
    membership = Membership.objects.get(employer=employer, user=recruiter)
    known = {profile.candidate.name: profile.candidate for profile in Profile.objects.select_related("candidate")}
    for kind, names in ((MarkKind.BOOKMARKED, _BOOKMARKED), (MarkKind.SKIPPED, _SKIPPED)):
        for name in names:
            set_mark(membership, known[name], kind)
    for name, text in _NOTES.items():
        write_note(candidate=known[name], by=membership, text=text)
