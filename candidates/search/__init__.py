"""Finding people of the network: one question, the same answer from PostgreSQL and SQLite (ADR 0016)."""

from candidates.search.finding import MOST, Results, find, neighbours
from candidates.search.query import Query, Sort

__all__ = ["MOST", "Query", "Results", "Sort", "find", "neighbours"]
