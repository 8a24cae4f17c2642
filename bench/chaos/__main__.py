"""Run it: `python -m bench.chaos [--exports 300] [--seed N] [--trouble 10]`."""

import argparse
import secrets
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bench.broker import Broker
from bench.chaos.plan import WORKERS, Plan
from bench.surroundings import program
from tests.sandbox_process import SandboxProcess

if TYPE_CHECKING:
    from bench.chaos.run import Course
    from bench.chaos.verdict import Verdict

_SHOWN = 10


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make chaos", description="Send many people to Greenhouse while everything fails; see bench/README.md."
    )
    parser.add_argument("--exports", type=int, default=300, help="how many to send (300)")
    parser.add_argument("--seed", type=int, help="plan the same kills and trouble again; printed by every run")
    parser.add_argument("--trouble", type=int, default=10, metavar="PERCENT", help="requests that meet trouble (10)")
    parser.add_argument("--limit", type=float, metavar="MINUTES", help="give up after this long (5, and 3 s an export)")
    arguments = parser.parse_args()
    if arguments.exports < 1 or not 0 <= arguments.trouble <= 60:
        parser.error("at least one export, and trouble from 0 to 60 percent")
    return arguments


def main() -> int:
    arguments = _arguments()
    seed = secrets.randbelow(1_000_000) if arguments.seed is None else arguments.seed
    plan = Plan.of_seed(seed, exports=arguments.exports, percent=arguments.trouble)
    limit = arguments.limit * 60 if arguments.limit else 300 + 3 * plan.exports
    with tempfile.TemporaryDirectory(prefix="purposejobs-chaos-") as folder:
        failures = carry_out(plan, Path(folder), limit=limit)
    for sentence in failures:
        print(f"FAILED: {sentence}", file=sys.stderr)
    return 1 if failures else 0


def carry_out(plan: Plan, folder: Path, *, limit: float) -> list[str]:
    """Make the run in an empty folder, print the report, and return what is not as promised."""
    with (
        Broker(folder) as broker,
        SandboxProcess(data=folder / "greenhouse.sqlite3", seed="empty") as sandbox,
        program(
            folder,
            DJANGO_SETTINGS_MODULE="bench.chaos.settings",
            REDIS_URL=broker.url,
            GREENHOUSE_HARVEST_URL=sandbox.url,
            GREENHOUSE_AUTH_URL=sandbox.url,
            EMAIL_URL="dummymail://",
            LOG_LEVEL="WARNING",
        ) as database,
    ):
        # Only now: these use models, which need the program set up.
        from bench.chaos import people, run, verdict

        print(
            f"chaos       seed {plan.seed}: {plan.exports} exports of {len(plan.people)} people; {database}", flush=True
        )
        jobs = people.connect_jobs(sandbox, people.plant_account(sandbox, plan))
        course = run.run(plan, sandbox, jobs, broker, folder, limit)
        found = verdict.judge(sandbox, expected=plan.exports, people=len(plan.people))
    return report(plan, course, found)


def report(plan: Plan, course: "Course", found: "Verdict") -> list[str]:
    """Print what happened and what came of it; return what is not as promised."""
    whole = sum(kill.is_whole for kill in course.killed)
    print(
        f"killed      {len(course.killed)} × one of {WORKERS} workers ({whole} × with its parent), "
        f"{course.brokers_killed} × the broker, with all it knew"
    )
    print(f"trouble     {_listed(course.faults)} in {course.requests} requests")
    statuses = Counter({str(status or "none"): count for status, count in course.statuses.items()})
    print(f"answers     {_listed(statuses)}")
    print(f"took        {course.seconds:.0f} s")
    sent = sum(one.export.state == "sent" for one in found.exports)
    lost, doubled = (sum(len(getattr(one, name)) for one in found.exports) for name in ("lost", "doubled"))
    print(f"arrived     {sent} of {plan.exports}; {lost} things lost, {doubled} there more than once")
    for one in found.wrong[:_SHOWN]:
        print("\n".join(one.lines()))
    failures = found.failures()
    if len(course.killed) < len(plan.kills) or not course.brokers_killed:
        failures.append("Not everything was killed that was to be killed, so this proved too little.")
    if failures:
        again = f"make chaos SEED={plan.seed}" + (f" EXPORTS={plan.exports}" if plan.exports != 300 else "")
        print(f"again       {again}")
    return failures


def _listed(counts: "Counter[str]") -> str:
    return ", ".join(f"{count} × {name}" for name, count in counts.most_common()) or "none"


if __name__ == "__main__":
    sys.exit(main())
