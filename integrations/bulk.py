"""Many rows by few statements, on SQLite and PostgreSQL alike.

Django's `bulk_create` and `bulk_update` do the same by several calls, or an expression, for every field of every row:
on a page of 500 posts that takes five to ten times as long as the database needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, BooleanField, CharField, ForeignKey, IntegerField, TextField
from django.db.models.base import ModelState

_MOST_PARAMETERS = 30_000  # SQLite takes 32,766 in one statement
# Every database driver takes the values of exactly these as they are; a subclass may well convert.
_PLAIN = frozenset({BigIntegerField, BooleanField, CharField, ForeignKey, IntegerField, TextField})
M = TypeVar("M", bound=models.Model)
if TYPE_CHECKING:
    _Field = models.Field[Any, Any]


def unsaved(model: type[M], **values: Any) -> M:
    """Make a row for `upsert`: what the model's constructor makes of the same values, in a third of its time.

    Shape: `values` go by column (`connection_id`); the others hold their defaults. No `init` signal is sent.
    """
    row = model.__new__(model)
    row._state = ModelState()
    held = row.__dict__
    for field in model._meta.concrete_fields:
        name = field.attname
        held[name] = values[name] if name in values else field.get_default()
    return row


def upsert(rows: Sequence[models.Model], *, unique: Sequence[str], update: Collection[str]) -> None:
    """Insert rows of one model; those that are there by their `unique` fields get the `update` fields only.

    Effects: one INSERT per batch, none without rows. Nothing is set on the objects, not even their primary keys.
    Repeat: the same rows again. No two of `rows` may have the same `unique` fields.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields: list[_Field] = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = {field.name: _column(field, connection) for field in fields}
    columns = [_column_of(field, rows, connection) for field in fields]
    settings = ", ".join(f"{names[name]} = EXCLUDED.{names[name]}" for name in names if name in update)

    def sql(placeholders: str) -> str:
        return (
            f"INSERT INTO {_table(model, connection)} ({', '.join(names.values())}) VALUES {placeholders} "  # noqa: S608
            f"ON CONFLICT ({', '.join(names[name] for name in unique)}) DO UPDATE SET {settings}"
        )

    _execute(connection, sql, list(zip(*columns, strict=True)))


def split_changed(
    rows: Sequence[models.Model], *, unique: Sequence[str], compared: Collection[str]
) -> tuple[list[models.Model], list[Any]]:
    """Part rows that are new, or differ from the stored one in a field of `compared`, from those that need no write.

    Effects: one SELECT, none without rows. Shape: rows, and the primary keys of the stored ones that are the same.
    """
    if not rows:
        return [], []
    model = type(rows[0])
    names = {field.name: field.attname for field in model._meta.concrete_fields}
    of_key, of_rest = attrgetter(*(names[name] for name in unique)), attrgetter(*(names[name] for name in compared))
    keys = [of_key(row) for row in rows]
    wanted = {f"{names[name]}__in": set(values) for name, values in zip(unique, zip(*keys, strict=True), strict=True)}
    found = model._default_manager.filter(**wanted).order_by().values_list("pk", *unique, *compared)
    end = 1 + len(unique)
    stored = {row[1:end]: (row[0], row[end:]) for row in found}
    changed, same = [], []
    for key, row in zip(keys, rows, strict=True):
        pk, held = stored.get(key, (None, None))
        if held == of_rest(row):
            same.append(pk)
        else:
            changed.append(row)
    return changed, same


def update_rows(model: type[models.Model], names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Set fields of rows: each of `rows` is an `id` and the fields' new values, in the order of `names`.

    Effects: one UPDATE per batch; none without rows. Needs SQLite 3.33 (2020).
    Repeat: harmless.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    by_name: dict[str, _Field] = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in ("id", *names)]
    columns = [
        _values(field, values, connection) for field, values in zip(fields, zip(*rows, strict=True), strict=True)
    ]
    settings = ", ".join(
        f"{_column(field, connection)} = {_cast(field, f'v.column{place}', connection)}"
        for place, field in enumerate(fields[1:], start=2)
    )
    table = _table(model, connection)

    def sql(placeholders: str) -> str:
        source = f"(VALUES {placeholders}) AS v"
        return f"UPDATE {table} SET {settings} FROM {source} WHERE {table}.{_column(fields[0], connection)} = v.column1"  # noqa: S608

    _execute(connection, sql, list(zip(*columns, strict=True)))


def _column_of(field: _Field, rows: Sequence[models.Model], connection: BaseDatabaseWrapper) -> Iterable[Any]:
    if type(field) in _PLAIN:
        return map(attrgetter(field.attname), rows)
    return _values(field, [field.pre_save(row, add=True) for row in rows], connection)


def _values(field: _Field, values: Iterable[Any], connection: BaseDatabaseWrapper) -> Iterable[Any]:
    if type(field) in _PLAIN:
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def _cast(field: _Field, value: str, connection: BaseDatabaseWrapper) -> str:
    """Name the type of a value where PostgreSQL would take a column of nothing but NULLs for text.

    Not where it is text: a cast to `varchar(40)` would cut a longer one without a word.
    """
    if connection.vendor == "sqlite" or isinstance(field, CharField | TextField):
        return value
    return f"CAST({value} AS {field.db_type(connection)})"


def _execute(connection: BaseDatabaseWrapper, sql: Callable[[str], str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement that takes one group of placeholders per row, for as many rows at a time as it can take."""
    group = f"({', '.join(['%s'] * len(rows[0]))})"
    size = _MOST_PARAMETERS // len(rows[0])
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            cursor.execute(sql(", ".join([group] * len(batch))), [value for row in batch for value in row])


def _table(model: type[models.Model], connection: BaseDatabaseWrapper) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: _Field, connection: BaseDatabaseWrapper) -> str:
    return connection.ops.quote_name(str(field.column))
