"""How allauth makes people for us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """There is no user name to invent."""

    def populate_username(self, request: Any, user: Any) -> None:
        return
