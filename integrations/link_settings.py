"""How the people of one connected job reach Greenhouse: by themselves or reviewed, as what, where, by whom."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from accounts.models import Role, User
from integrations.hiring_plan import Choice
from integrations.models import Connection, JobLink
from integrations.searching import cleaned

NEAREST = 50  # jobs proposed to copy from; any other is found by its Greenhouse ID


@dataclass(frozen=True)
class Settings:
    """What a recruiter chose for one connected job; empty texts leave it to Greenhouse or to the connection."""

    sends: str
    sends_as: str
    stage_remote_id: str
    stage_name: str
    source_remote_id: str
    source_name: str
    credit_to: User | None


def save_settings(*, link: JobLink, settings: Settings) -> bool:
    """Keep how the people of a job are sent from now on; True if that is news. Exports begun stay as they are.

    Effects: one UPDATE of what differs. Repeat: harmless.
    """
    changed = [name for name, value in vars(settings).items() if getattr(link, name) != value]
    for name in changed:
        setattr(link, name, getattr(settings, name))
    if changed:
        link.save(update_fields=changed)
    return bool(changed)


def copied(*, link: JobLink, other: JobLink) -> dict[str, Any]:
    """Return what `link` would take over from another job: the stage only within one Greenhouse job.

    Shape: as the fields of the form are called.
    """
    same_job = link.post.greenhouse_job_id == other.post.greenhouse_job_id
    return {
        "sends": other.sends,
        "sends_as": other.sends_as,
        "source": other.source_remote_id,
        "credit_to": other.credit_to_id,
        **({"stage": other.stage_remote_id} if same_job else {}),
    }


def used_stages(link: JobLink) -> list[Choice]:
    """The stages that jobs of the same Greenhouse job have chosen: what is known of its plan without asking."""
    if link.post.greenhouse_job_id is None:
        return []  # "no job" is no job that several share
    here = JobLink.objects.filter(post__connection=link.post.connection_id)
    same = here.filter(post__greenhouse_job=link.post.greenhouse_job_id).exclude(stage_remote_id="")
    return [Choice(*row) for row in same.values_list("stage_remote_id", "stage_name").distinct().order_by("stage_name")]


def used_sources(connection: Connection) -> list[Choice]:
    """The sources that jobs of the account have chosen: what is known of them without asking."""
    same = JobLink.objects.filter(post__connection=connection).exclude(source_remote_id="")
    rows = same.values_list("source_remote_id", "source_name").distinct().order_by("source_name")
    return [Choice(*row) for row in rows]


def others(link: JobLink) -> QuerySet[JobLink]:
    """The other connected jobs of the employer, those of the same Greenhouse job and department first."""
    near = Case(
        When(post__greenhouse_job=link.post.greenhouse_job_id, then=0),
        When(~Q(job__department="") & Q(job__department=link.job.department), then=1),
        default=2,
    )
    rows = JobLink.objects.filter(job__employer=link.job.employer_id).exclude(pk=link.pk)
    return rows.select_related("job", "post").order_by(near, "job__title", "pk")


def find_other(link: JobLink, typed: str) -> JobLink | None:
    """Find the job that a recruiter named: as it is proposed, by its Greenhouse ID alone, or by its title."""
    words = cleaned(typed)
    rows = others(link)
    by_id = rows.filter(post__remote_id=words.rpartition("#")[2].strip()).first()
    if by_id is not None:
        return by_id
    titled = list(rows.filter(job__title__iexact=words)[:2])
    return titled[0] if len(titled) == 1 else None


def creditable(employer_id: int) -> QuerySet[User]:
    """The members who may get the credit for a person: recruiters and admins."""
    roles = [role for role in Role if role.includes(Role.RECRUITER)]
    return User.objects.filter(memberships__employer=employer_id, memberships__role__in=roles).order_by(
        "first_name", "pk"
    )
