"""The benchmark of the search, small: CI notices when it breaks, or when a search asks more for more people."""

from dataclasses import replace

import pytest

from bench import search
from bench.meters import Cost


def measured(seconds: float, statements: int = 14) -> search.Measured:
    return search.Measured(statements, (Cost(seconds, 0.0, seconds),) * 3)


GOOD = search.Figures(
    database="postgresql",
    people=100_000,
    people_a_second=500.0,
    few={"a word": 14, "a city": 14},
    many={"a word": measured(0.04), "a city": measured(0.03)},
    page=measured(0.01, 5),
    view=measured(0.002, 2),
)


@pytest.mark.django_db(transaction=True)  # a request ends like a real one, and closes what is left open
def test_search_when_run_small_asks_as_often_among_many_as_among_few() -> None:
    figures = search.measure(few=300, many=340, rounds=1)
    assert figures.failures() == [] or figures.times > search.MOST_TIMES  # in a busy moment, with one round
    assert figures.few == {name: one.statements for name, one in figures.many.items()}
    assert len(figures.many) == 21
    assert all(0 < one.statements < 20 for one in figures.many.values()), figures.lines()


def test_search_when_one_asks_more_says_which() -> None:
    figures = replace(GOOD, few={"a word": 9, "a city": 14})
    assert figures.failures() == ["“a word” asks the database 14 times among many people and 9 among few."]


def test_search_when_slower_than_promised_says_so_on_postgresql() -> None:
    slow = replace(GOOD, many={"a word": measured(0.06), "a city": measured(0.03)})
    assert GOOD.failures() == []
    assert slow.failures() == ["The p95 is 6.0 times that of an empty page; 5 is promised."]
    assert replace(slow, database="sqlite").failures() == []
    assert any("6.0 times the page" in line for line in slow.lines())


def test_percentile_then_is_the_value_that_so_many_do_not_exceed() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (search.percentile(50, values), search.percentile(95, values)) == (50.0, 95.0)
    assert search.percentile(95, [7.0]) == 7.0
