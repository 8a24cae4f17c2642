"""How allauth makes people for us, and the words it says to them."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """There is no user name to invent."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account has been switched off.",
        "duplicate_email": "This email address is already yours.",
        "email_password_mismatch": "The email address and the password do not belong together.",
        "email_taken": "There is already an account with this email address. Log in, or reset your password.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "Too many wrong passwords. Wait five minutes, or reset your password.",
        "rate_limited": "That was a little fast. Please wait a moment and try again.",
    }

    def populate_username(self, request: Any, user: Any) -> None:
        return
