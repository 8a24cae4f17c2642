"""Write down how each part of a connection did, for the status page. Cheap enough for every worker to do it."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from integrations.bulk import upsert
from integrations.greenhouse.errors import GreenhouseError, Unauthorized
from integrations.models import ProblemEntry, Step, StepReport
from integrations.problems import PROBLEMS

WRITE_AGAIN_AFTER = timedelta(minutes=1)  # a result that has not changed is not worth a write more often
SAME_TROUBLE_WITHIN = timedelta(minutes=10)
ENTRIES_KEPT = 200

_STEP_OF_PATH = {
    "/token": Step.SIGN_IN,
    "/auth/token": Step.SIGN_IN,
    "/v3/users": Step.USERS,
    "/v3/user_emails": Step.USERS,
    "/v3/jobs": Step.JOBS,
    "/v3/job_posts": Step.POSTS,
    "/v3/job_post_locations": Step.LOCATIONS,
}
_STEP_OF_CODE = {
    **dict.fromkeys(("key_refused", "api_key_refused", "client_id_malformed", "keys_retired"), Step.SIGN_IN),
    "secret_unreadable": Step.SIGN_IN,
    **dict.fromkeys(("user_unknown", "user_deactivated", "not_site_admin"), Step.USERS),
    **dict.fromkeys(("user_refused", "lookup_refused", "service_user_blocked"), Step.USERS),
    "consent_not_site_admin": Step.USERS,
    "consent_incomplete": Step.JOBS,
    **dict.fromkeys(("listing_empty", "many_vanished"), Step.POSTS),
    **dict.fromkeys(("resume_refused", "resume_lost"), Step.RESUMES),
}


def step_of_error(exc: GreenhouseError, otherwise: Step) -> Step:
    """Which step a refused or failed request belongs to."""
    if isinstance(exc, Unauthorized):
        return Step.SIGN_IN
    return _STEP_OF_PATH.get(exc.path, otherwise)


def step_of_code(code: str, otherwise: Step) -> Step:
    """Which step a problem belongs to, where its code alone tells."""
    return _STEP_OF_CODE.get(code, otherwise)


def note_well(connection_id: int, *steps: Step) -> None:
    """Report that these steps have just worked. Repeat: one read, and a write only if there is something new."""
    _report(connection_id, steps, "")


def note_trouble(connection_id: int, step: Step, code: str) -> None:
    """Report that a step has failed, and add it to the list of problems.

    Effects: the same problem again within ten minutes is counted, not listed again; old entries are dropped.
    """
    _report(connection_id, [step], PROBLEMS[code].code)
    now = timezone.now()
    same = ProblemEntry.objects.filter(
        connection_id=connection_id, step=step, problem_code=code, at__gt=now - SAME_TROUBLE_WITHIN
    )
    newest = same.values_list("pk", flat=True).first()
    if newest is not None:
        same.filter(pk=newest).update(times=F("times") + 1, problem_at=now)
        return
    ProblemEntry.objects.create(connection_id=connection_id, step=step, problem_code=code, at=now, problem_at=now)
    _drop_old_entries(connection_id)


def _report(connection_id: int, steps: Iterable[Step], code: str) -> None:
    now = timezone.now()
    wanted = set(steps)
    known = StepReport.objects.filter(connection_id=connection_id, step__in=wanted)
    fresh = {
        Step(step)
        for step, held, at in known.values_list("step", "problem_code", "at")
        if held == code and at > now - WRITE_AGAIN_AFTER
    }
    problem_at = now if code else None
    upsert(
        [
            StepReport(connection_id=connection_id, step=step, problem_code=code, problem_at=problem_at, at=now)
            for step in sorted(wanted - fresh)
        ],
        unique=("connection", "step"),
        update=("problem_code", "problem_at", "at"),
    )


def _drop_old_entries(connection_id: int) -> None:
    entries = ProblemEntry.objects.filter(connection_id=connection_id)
    oldest_kept = entries.values_list("at", flat=True)[ENTRIES_KEPT - 1 : ENTRIES_KEPT].first()
    if oldest_kept is not None:
        entries.filter(at__lt=oldest_kept).delete()
