"""The benchmarks' own parts, with few posts and no latency: CI notices when one of them breaks or stops failing."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench import budget, import_many, import_posts, sync_unchanged
from bench.account import account, post_text
from bench.employer import Unfinished, connected, renew, sync_once, wrong_posts
from bench.floor import Floor, addresses_of
from bench.import_posts import Figures, Round
from bench.meters import Cost, counted_statements, timed
from integrations.models import GreenhouseJobPost

ROOT = Path(__file__).resolve().parent.parent.parent

GOOD = Figures(
    posts=1000,
    jobs=500,
    requests={"job_posts": 2, "jobs": 1, "departments": 1, "offices": 1, "job_post_locations": 3},
    statements={500: 30, 1000: 40},
    rounds=(Round(Cost(1.0, 0.0, 0.1), Cost(0.6, 0.0, 0.4)), Round(Cost(1.0, 0.0, 0.1), Cost(1.0, 0.0, 0.4))),
    wrong_posts=0,
    profile=(),
)
SLOW = Round(Cost(1.0, 0.0, 0.1), Cost(1.5, 0.0, 0.4))


@pytest.mark.django_db
def test_import_posts_when_run_small_measures_everything() -> None:
    figures = import_posts.measure(posts=60, latency_ms=0, rounds=2)
    assert set(figures.requests) == {
        *("job_posts", "jobs", "job_post_locations"),
        *("departments", "offices", "job_board_custom_locations"),
        *("pay_inputs", "pay_input_ranges"),
    }
    assert (figures.wrong_posts, figures.jobs, sorted(figures.statements)) == (0, 30, [30, 60])
    assert all(one.floor.wall > 0 and one.imported.busy > 0 for one in figures.rounds)
    assert len(figures.rounds) == 2
    assert any("integrations/" in line or "execute" in line for line in figures.profile)
    assert "times the floor" not in " ".join(replace(figures, rounds=GOOD.rounds).failures())


@pytest.mark.django_db
def test_import_many_when_run_small_measures_both() -> None:
    figures = import_many.measure(few=20, many=60, latency_ms=0, rounds=1)
    (one,) = figures.rounds
    assert (one.few.wrong_posts, one.many.wrong_posts) == (0, 0)
    assert min(one.few.statements, one.many.statements, one.ratio) > 0
    assert one.many.requests >= one.few.requests > 6
    assert any("for 60" in line for line in figures.lines())


def test_import_many_when_a_promise_is_broken_says_which() -> None:
    few = import_many.Import(Cost(1.0, 0.0, 0.5), statements=40, requests=12, wrong_posts=0)
    many = import_many.Import(Cost(10.9, 0.0, 5.0), statements=300, requests=100, wrong_posts=0)
    good = import_many.Figures(1000, 10_000, (import_many.Round(few, many),))
    assert good.failures() == []
    bad = replace(many, cost=Cost(12.0, 0.0, 5.0), statements=500, wrong_posts=3)
    sentences = " ".join(replace(good, rounds=(import_many.Round(few, bad),)).failures())
    assert [word in sentences for word in ("12.0 times as long", "12.5 times as many statements", "3 posts")] == [
        True
    ] * 3


@pytest.mark.django_db
def test_sync_unchanged_when_run_small_changes_no_job() -> None:
    figures = sync_unchanged.measure(posts=20, latency_ms=0, rounds=1)
    assert figures.failures() == []
    assert (figures.changes.requests["job_posts"], figures.changes.requests["jobs"]) == (2, 1)
    for reading in (figures.changes, figures.full):
        assert (reading.jobs_changed, len(reading.rounds)) == (0, 1)
        assert reading.statements.writes == sum(reading.statements.by_table.values()) > 0
    assert any("integrations_syncrun" in line for line in figures.lines())
    figures.changes.statements.by_table["jobs_job"] = 1
    worse = replace(figures.changes, requests={"job_posts": 2, "jobs": 2}, jobs_changed=3)
    assert len(replace(figures, changes=worse).failures()) == 3


@pytest.mark.django_db(transaction=True)
def test_budget_when_run_small_counts_and_shares() -> None:
    shared = budget.measure_shared(reads=120)
    assert shared.statuses == {200: 120}
    assert (shared.tokens, max(shared.windows) <= budget.LIMIT) == (1, True)
    beside = budget.measure_beside(count=6, reads=10)
    assert beside.failures() == []
    assert len(beside.waits) == beside.expected == 50
    assert any("p95" in line for line in beside.lines())


def test_budget_when_a_promise_is_broken_says_so() -> None:
    good = budget.Shared(Counter({200: 100}), windows=(50, 49), limit=50, tokens=1, seconds=2.0)
    assert good.failures() == []
    bad = replace(good, statuses=Counter({200: 90, 429: 1}), windows=(50, 40), tokens=2)
    assert [word in " ".join(bad.failures()) for word in ("90.0%", "429 1 times", "2 tokens")] == [True] * 3
    beside = budget.Beside(2, 10, 10, Counter({200: 10}), (0.1, 0.2), held_back=0, greedy_held_back=1)
    assert beside.failures() == []
    assert "held back" in replace(beside, held_back=1).failures()[0]
    assert "proved nothing" in replace(beside, greedy_held_back=0).failures()[0]


@pytest.mark.django_db
def test_parts_when_something_is_wrong_notice_it(tmp_path: Path) -> None:
    with account(tmp_path, posts=16, latency_ms=40) as greenhouse, connected(greenhouse) as connection:
        assert wrong_posts(greenhouse, connection) == 16
        renew(greenhouse)
        sync_once(connection)
        assert wrong_posts(greenhouse, connection) == 0
        GreenhouseJobPost.objects.filter(pk=GreenhouseJobPost.objects.all()[0].pk).update(location="Moon")
        assert wrong_posts(greenhouse, connection) == 2, "one place is missing, one is too many"
        addresses = addresses_of(greenhouse.sandbox)
        renew(greenhouse)
        floor = Floor(greenhouse.sandbox, addresses)
        cost = timed(floor.read)
        assert addresses_of(greenhouse.sandbox) == addresses, "the floor asks exactly what the import asked"
        assert cost.wall > 0.04 * len(addresses), "one after the other"
        greenhouse.sandbox.faults({"kind": "status", "status": 503, "path": "/v3/jobs", "times": 9})
        with pytest.raises(Unfinished, match="unavailable"):
            sync_once(connection)


@pytest.mark.django_db
def test_counted_statements_tells_reads_from_writes() -> None:
    with counted_statements() as counted:
        GreenhouseJobPost.objects.update(location="")
        GreenhouseJobPost.objects.filter(pk=0).delete()
        list(GreenhouseJobPost.objects.all())
    assert counted.by_table["integrations_greenhousejobpost"] >= 1
    assert (counted.reads >= 1, counted.total) == (True, counted.reads + counted.writes)


def test_figures_when_all_is_as_promised_fail_nothing() -> None:
    assert GOOD.failures() == []
    assert (GOOD.ratio, GOOD.forced_requests, GOOD.more_requests) == (pytest.approx(0.8), 3, 5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rounds": (SLOW, SLOW, *GOOD.rounds[:1])}, "1.50 times the floor"),
        ({"requests": {"job_posts": 2, "jobs": 1, "job_post_locations": 11}}, "11 requests beyond the 3"),
        ({"statements": {500: 30, 1000: 60}}, "30 more statements"),
        ({"wrong_posts": 2}, "2 posts are missing"),
    ],
)
def test_figures_when_a_promise_is_broken_say_which(changes: dict[str, object], words: str) -> None:
    (sentence,) = replace(GOOD, **changes).failures()
    assert words in sentence


def test_cost_when_others_had_the_processors_does_not_count_that_time() -> None:
    busy = Round(Cost(1.0, 0.0, 0.1), Cost(3.0, 1.5, 0.4))
    assert busy.ratio == 1.5
    (sentence,) = replace(GOOD, rounds=(busy,)).failures()
    assert "Other programs had the processors for 50% of it" in sentence


def test_figures_when_only_the_clock_says_too_slow_say_so_without_failing() -> None:
    busy = Round(Cost(1.0, 0.0, 0.1), Cost(1.4, 0.6, 0.4))
    figures = replace(GOOD, rounds=(busy,))
    assert figures.failures() == []
    assert "1.400 by the clock: too much, but not proven. Other programs had the processors" in "\n".join(
        figures.lines()
    )
    assert "not proven" not in "\n".join(GOOD.lines())


def test_post_text_is_about_four_kilobytes_and_the_same_every_time() -> None:
    lengths = [len(post_text(number)) for number in range(50)]
    assert 3500 < min(lengths) <= max(lengths) < 5000
    assert post_text(7) == post_text(7) != post_text(8)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [(["--list"], 0, "import_posts"), (["nothing"], 2, "no benchmark is called nothing; there are import_posts")],
)
def test_command_answers_at_once(arguments: list[str], code: int, words: str) -> None:
    command = [sys.executable, "-m", "bench", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == code
    assert words in ended.stdout + ended.stderr
