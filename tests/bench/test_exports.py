"""The benchmarks of exports and webhooks, small, and able to fail."""

from collections import Counter
from dataclasses import replace

import pytest

from bench import export_budget, webhook_intake
from integrations.models import Export


@pytest.mark.django_db(transaction=True)
def test_export_budget_when_run_small_counts_requests() -> None:
    figures = export_budget.measure(exports=6)
    assert (figures.sent, figures.statuses[429]) == (6, 0)
    assert 4 <= figures.requests_each <= 5
    assert not Export.objects.exists()
    assert any("an export" in line for line in figures.lines())


def test_export_budget_when_a_promise_is_broken_says_which() -> None:
    good = export_budget.Figures(10, 10, Counter({200: 40}), (50, 49), 2.0)
    assert good.failures() == []
    bad = replace(good, sent=9, statuses=Counter({200: 60, 429: 2}), windows=(40, 40))
    assert [word in " ".join(bad.failures()) for word in ("80.0%", "429 2 times", "6.20", "1 of 10")] == [True] * 4


@pytest.mark.django_db(transaction=True)
def test_webhook_intake_when_run_small_stores_every_delivery() -> None:
    figures = webhook_intake.measure(rounds=2, requests=5)
    assert figures.missing == 0
    assert all(one.intake > 0 for one in figures.rounds)
    slow = replace(figures, rounds=(webhook_intake.Round(empty=1000, bare=1000, intake=100),), missing=3)
    assert [word in " ".join(slow.failures()) for word in ("0.10 times", "3 deliveries")] == [True, True]
