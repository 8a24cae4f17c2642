"""Tell what somebody pasted by mistake, by its looks alone. No HTTP, no rows.

`certain` names what can never be a credential; `suspect` guesses, so it is asked only after Greenhouse has refused.
"""

import re

from integrations.models import CredentialKind

_CLIENT_ID = re.compile(r".+-\d{1,4}")  # a Harvest V3 client ID ends in a dash and a number (contract §2.3)
_OLD_KEY = re.compile(r"[0-9a-f]{32}(-\d{1,4})?")  # how the API keys of Harvest v1 look
_BOARD_ADDRESS = re.compile(r"(https?://)?([\w-]+\.)*greenhouse\.io(/.*)?", re.IGNORECASE)
_SHORT_WORD = re.compile(r"[a-z][a-z0-9_-]{0,14}", re.IGNORECASE)  # shorter than the keys seen so far


def certain(kind: str, client_id: str, secret: str) -> str:
    """Return the code of a mistake that needs no question to Greenhouse; empty if there is none."""
    if _BOARD_ADDRESS.fullmatch(secret) or (kind == CredentialKind.OAUTH and _BOARD_ADDRESS.fullmatch(client_id)):
        return "board_token"
    if kind != CredentialKind.OAUTH:
        return ""
    if secret == client_id:
        return "client_id_as_secret"
    if _looks_like_client_id(secret) and not _looks_like_client_id(client_id):
        return "swapped"
    return ""


def suspect(kind: str, client_id: str, secret: str) -> str:
    """Return the code of what a refused credential probably was; empty if it could be anything."""
    if _SHORT_WORD.fullmatch(secret) and not _looks_like_client_id(secret):
        return "board_token"
    if kind != CredentialKind.OAUTH:
        return ""
    # A client ID may well be such a word with a number; only without one is it none.
    if _OLD_KEY.fullmatch(secret) or (_OLD_KEY.fullmatch(client_id) and not _CLIENT_ID.fullmatch(client_id)):
        return "old_key_as_secret"
    if _looks_like_client_id(secret):
        return "client_id_as_secret"
    return ""


def _looks_like_client_id(text: str) -> bool:
    return bool(_CLIENT_ID.fullmatch(text)) and not _OLD_KEY.fullmatch(text)
