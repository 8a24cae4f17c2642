"""Encrypt every stored secret anew with the first of FIELD_ENCRYPTION_KEYS, so that the old keys can go."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.db.models import TextField
from django.db.models.functions import Cast

from integrations.fields import DecryptionError, Secret, SecretField, rotate

ROWS_AT_ONCE = 200


class Command(BaseCommand):
    """May be stopped at any moment and started again: what is done already is passed over."""

    help = "Encrypt every stored secret with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = 0
        for model in apps.get_models():
            names = [field.name for field in model._meta.local_concrete_fields if isinstance(field, SecretField)]
            if names and not model._meta.proxy:
                unreadable += self._rotate_model(model, names)
        if unreadable:
            raise CommandError(
                f"{unreadable} could not be read with any key. Put the key they were encrypted with back into "
                "FIELD_ENCRYPTION_KEYS and run this again, or have those credentials entered again."
            )
        self.stdout.write("Everything is encrypted with the first key. The other keys are no longer needed.")

    def _rotate_model(self, model: type[models.Model], names: list[str]) -> int:
        done = already = unreadable = 0
        for pk, name, held in _secrets(model, names):
            try:
                anew = rotate(held.stored)
            except DecryptionError:
                unreadable += 1
                self.stderr.write(f"{model._meta.label} {pk}: {name} fits no key")
                continue
            if anew is None:
                already += 1
            else:
                done += _put(model, pk, name, held, anew)
        label = model._meta.label
        self.stdout.write(f"{label}: {done} encrypted anew, {already} were already, {unreadable} unreadable")
        return unreadable


def _secrets(model: type[models.Model], names: list[str]) -> Iterator[tuple[Any, str, Secret]]:
    """Yield (primary key, field, secret) of all that is not empty, a batch of rows at a time."""
    rows = model._default_manager.order_by("pk").values_list("pk", *names)
    batch = list(rows[:ROWS_AT_ONCE])
    while batch:
        for pk, *held in batch:
            yield from ((pk, name, secret) for name, secret in zip(names, held, strict=True) if secret)
        batch = list(rows.filter(pk__gt=batch[-1][0])[:ROWS_AT_ONCE])


def _put(model: type[models.Model], pk: Any, name: str, held: Secret, anew: str) -> int:
    """Replace exactly what was read; a secret that somebody saved meanwhile stays, and has the first key anyway.

    The cast is there because the field itself cannot be searched (`SecretField.get_lookup`).
    """
    unchanged = model._default_manager.alias(held=Cast(name, TextField())).filter(pk=pk, held=held.stored)
    return unchanged.update(**{name: Secret(anew)})
