"""Candidates who were there before anybody connected anything."""

from sandbox.store import Store


def plant(store: Store) -> None:
    """Plant the candidates."""
