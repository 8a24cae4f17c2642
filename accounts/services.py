"""What people may do to employers and their teams. No request objects; each owns its transaction."""

from itertools import chain, count, islice

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from accounts.logos import Logo
from accounts.models import Employer, Membership, Role, User

# Words that are, or may become, an address of their own beside the employers' slugs.
RESERVED_SLUGS = frozenset({"new", "admin", "api", "static", "accounts", "settings", "search", "import", "jobs"})
_SLUG_LENGTH = 60
_SLUG_TRIES = 20


class LastAdmin(Exception):
    """The change would leave an employer with nobody who can administer it."""


def create_employer(*, name: str, by: User) -> Employer:
    """Create an employer and make `by` its first admin.

    Repeat: a second call makes a second employer, with another slug.
    """
    with transaction.atomic():
        employer = _create_with_free_slug(name.strip())
        Membership.objects.create(employer=employer, user=by, role=Role.ADMIN)
    return employer


def _create_with_free_slug(name: str) -> Employer:
    base = slugify(name)[:_SLUG_LENGTH].strip("-") or "company"
    taken = set(Employer.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    free = (slug for slug in chain([base], (f"{base}-{number}" for number in count(2))) if slug not in taken)
    for slug in islice(free, _SLUG_TRIES):
        try:
            with transaction.atomic():  # a savepoint: somebody may take the slug between reading and writing
                return Employer.objects.create(name=name, slug=slug)
        except IntegrityError:
            continue
    raise RuntimeError(f"No free slug was found for {base!r}.")


def set_logo(*, employer: Employer, logo: Logo | None) -> None:
    """Give an employer another logo, or none.

    Effects: a file in storage; the picture before goes once the row no longer names it.
    Repeat: the same picture again has another address, and nothing else is different.
    """
    before = employer.logo.name
    if logo:
        employer.logo.save(f"logo.{logo.extension}", ContentFile(logo.content), save=False)
    else:
        employer.logo = ""
    employer.save(update_fields=["logo", "updated_at"])
    if before:
        storage = employer.logo.storage
        transaction.on_commit(lambda: storage.delete(before))


def change_role(*, membership: Membership, role: Role) -> None:
    """Give a member another role.

    Repeat: harmless.
    Raises: LastAdmin if it would demote the only admin.
    """
    with transaction.atomic():
        _lock_team(membership.employer)
        if role != Role.ADMIN:
            _refuse_last_admin(membership)
        Membership.objects.filter(pk=membership.pk).update(role=role)
    membership.role = role


def remove_member(*, membership: Membership) -> None:
    """End a membership; the person keeps their account.

    Repeat: harmless.
    Raises: LastAdmin if it is the only admin's.
    """
    with transaction.atomic():
        _lock_team(membership.employer)
        _refuse_last_admin(membership)
        Membership.objects.filter(pk=membership.pk).delete()


def _lock_team(employer: Employer) -> None:
    # Two admins who demote each other in the same moment would each still see the other. A write to the
    # employer's row makes the second wait on PostgreSQL; on SQLite every transaction is alone anyway.
    Employer.objects.filter(pk=employer.pk).update(updated_at=F("updated_at"))


def _refuse_last_admin(membership: Membership) -> None:
    admins = set(Membership.objects.filter(employer=membership.employer, role=Role.ADMIN).values_list("pk", flat=True))
    if admins == {membership.pk}:
        raise LastAdmin(f"{membership.user} is the only admin of {membership.employer}.")
