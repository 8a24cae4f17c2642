"""The chaos run: planned by its seed, small but whole, and able to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.chaos.plan import Before, Plan
from bench.chaos.verdict import judge
from tests.factories import ConnectionFactory, GreenhouseJobFactory
from tests.integrations.greenhouse.sending import apply, attempt, owe, person_in
from tests.sandbox_process import ADMIN_EMAIL, SandboxProcess

ROOT = Path(__file__).resolve().parent.parent.parent


def test_plan_when_made_of_a_seed_again_is_the_same() -> None:
    plan = Plan.of_seed(7, exports=300, percent=10)
    assert plan == Plan.of_seed(7, exports=300, percent=10)
    assert plan.kills != Plan.of_seed(8, exports=300, percent=10).kills
    assert sum(len(person.jobs) for person in plan.people) == 300
    assert {person.before for person in plan.people} == set(Before)
    assert {len(person.jobs) for person in plan.people} == {1, 2}
    assert {kill.worker for kill in plan.kills} == {0, 1, 2, 3}


@pytest.mark.django_db(transaction=True)
def test_verdict_when_something_is_lost_or_doubled_says_whose(sandbox: SandboxProcess) -> None:
    job = next(row for row in sandbox.records("jobs", status="open", is_template=False))
    admin = str(sandbox.records("user_emails", email=ADMIN_EMAIL)[0]["user_id"])
    hiring = GreenhouseJobFactory(
        connection=ConnectionFactory(acting_user_remote_id=admin), remote_id=str(job["id"]), name=job["name"]
    )
    row = attempt(owe(apply(hiring)))
    people = len(sandbox.records("candidates"))
    good = judge(sandbox, expected=1, people=people)
    assert (good.wrong, [one.things for one in good.exports if one.lost or one.doubled]) == ([], [])
    person_in(sandbox)
    sandbox.remove_record("notes", int(row.note_remote_id))
    bad = judge(sandbox, expected=2, people=people)
    said = "\n".join([*bad.failures(), *bad.wrong[0].lines()])
    assert "1 of 2 exports were not sent" in said
    assert "lost: note; doubled: person" in said
    assert "1 people are in Greenhouse more than once" in said
    assert "Note added in Greenhouse" in said


@pytest.mark.stack
def test_chaos_when_run_small_loses_nothing() -> None:
    """Ten exports, one worker and the broker killed; by its own process, for it needs settings of its own."""
    command = [sys.executable, "-m", "bench.chaos", "--exports", "10", "--seed", "3", "--limit", "5"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed      1 × one of 4 workers" in done.stdout
    assert "arrived     10 of 10; 0 things lost, 0 there more than once" in done.stdout
