"""Secrets at rest: encrypted by keys from the environment, decrypted only when an attribute is read."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class DecryptionError(Exception):
    """A stored secret fits none of FIELD_ENCRYPTION_KEYS. Never carries the text."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as exc:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS holds something that is no Fernet key.") from exc


def encrypt(text: str) -> str:
    """Encrypt with the first key."""
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Decrypt with whichever key fits. Raises: DecryptionError."""
    try:
        return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(stored.encode()).decode()
    except InvalidToken as exc:
        raise DecryptionError("A stored secret fits none of the keys in FIELD_ENCRYPTION_KEYS.") from exc


def rotate(stored: str) -> str | None:
    """Encrypt anew with the first key; None if it is so already. Raises: DecryptionError."""
    keys = tuple(settings.FIELD_ENCRYPTION_KEYS)
    try:
        _fernet(keys[:1]).decrypt(stored.encode())
    except InvalidToken:
        return encrypt(decrypt(stored))
    return None


class Secret:
    """A secret that prints as dots; `reveal()` gives the text to the one line that needs it."""

    __slots__ = ("_stored",)

    def __init__(self, stored: str) -> None:
        self._stored = stored

    @classmethod
    def of(cls, text: str) -> "Secret":
        return cls(encrypt(text) if text else "")

    def reveal(self) -> str:
        return decrypt(self._stored) if self._stored else ""

    @property
    def stored(self) -> str:
        return self._stored

    def __bool__(self) -> bool:
        return bool(self._stored)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._stored == other._stored

    def __hash__(self) -> int:
        return hash(self._stored)

    def __repr__(self) -> str:
        return "Secret(•••)" if self._stored else "Secret()"

    __str__ = __repr__


if TYPE_CHECKING:
    _TextField = models.TextField[Secret, Secret]
else:
    _TextField = models.TextField


class SecretField(_TextField):
    """A column of ciphertext, seen from Python as a `Secret`. It decrypts nothing by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", Secret(""))
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, *_: Any) -> Secret:
        return Secret(value or "")

    def to_python(self, value: Any) -> Secret:
        return value if isinstance(value, Secret) else Secret(value or "")

    def get_prep_value(self, value: Any) -> str:
        if not isinstance(value, Secret):
            raise TypeError("Only a Secret can be stored here; wrap the text in Secret.of().")
        return value.stored

    def get_lookup(self, lookup_name: str) -> Any:
        """Only emptiness can be asked for: a search in ciphertext finds nothing and may tell something."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        return None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj).stored)
