"""Turn decoded JSON into payload objects; the payload class is the schema.

A field without a default must be there and must not be null. A field with a default takes it when the reply
leaves the field out or says null. Fields the class does not have are ignored. Anything else is `WrongShape`.

Values are read column by column, not record by record: a page of 500 job posts holds thousands of questions,
and checking the types of a whole column is one C call. Measured, it takes half the time of a loop over
records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain, islice
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

S = TypeVar("S")
_Reader: TypeAlias = Callable[[list[Any]], list[Any]]
_SHOWN = 200  # characters of what a record calls itself


class WrongShape(ValueError):
    """A value does not have the shape its schema declares.

    Shape: `index` is the position among the values read together; `field` is the way from that value to the
    place that does not fit, such as `questions[2].label`, and empty when it is the value itself.
    """

    def __init__(self, index: int = 0, field: str = "") -> None:
        super().__init__(index, field)
        self.index = index
        self.field = field

    def below(self, name: str) -> str:
        """Return the way to the place from the holder of `name`, where `name` leads to the value."""
        joint = "." if self.field and not self.field.startswith("[") else ""
        return f"{name}{joint}{self.field}"


def parse_record(schema: type[S], value: object) -> S:
    """Return one JSON object as `schema`.

    Raises: WrongShape.
    """
    return parse_records(schema, [value])[0]


def parse_records(schema: type[S], values: list[Any]) -> list[S]:
    """Return JSON objects as `schema`, in the same order.

    Raises: WrongShape, with the index of the record.
    """
    kind: Any = schema
    return _record_reader(kind)(values)


class Misfit(NamedTuple):
    """A record that could not be read: as much of it as lets a person find it in Greenhouse.

    Shape: `id` and `title` are empty where the record has none that can be shown; `field` is the place that does
    not fit, as in `WrongShape`.
    """

    id: str
    title: str
    field: str


def parse_fitting(schema: type[S], values: list[Any]) -> tuple[list[S], list[Misfit]]:
    """Return the JSON objects that fit `schema`, in the same order, and name those that do not."""
    try:
        return parse_records(schema, values), []
    except WrongShape:
        pass
    fitting: list[S] = []
    misfits: list[Misfit] = []
    for value in values:  # one by one, which is slow, and happens only on a page with an odd record
        try:
            fitting.append(parse_record(schema, value))
        except WrongShape as wrong:
            misfits.append(_named(value, wrong.field))
    return fitting, misfits


def _named(value: object, field: str) -> Misfit:
    held = value if isinstance(value, dict) else {}
    titles = (held.get(name) for name in ("title", "name", "value"))
    title = next((text for text in titles if isinstance(text, str) and text.strip()), "")
    remote_id = held.get("id")
    named = str(remote_id) if isinstance(remote_id, int | str) and not isinstance(remote_id, bool) else ""
    return Misfit(named[:_SHOWN], title.strip()[:_SHOWN], field)


def parse_moment(text: str) -> datetime:
    """Return an ISO 8601 date-time as an aware UTC datetime; Greenhouse means UTC where it names no offset.

    Raises: ValueError.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the calendar") from error


class _Rule(NamedTuple):
    name: str
    read: _Reader
    default: Any


@cache
def _record_reader(schema: type[Any]) -> _Reader:
    hints = get_type_hints(schema)
    rules = [_Rule(name, _reader(hints[name]), default) for name, default in _defaults(schema).items()]
    are_objects = _scalar_reader(dict)

    def read(records: list[Any]) -> list[Any]:
        are_objects(records)
        columns = [_column(rule, records) for rule in rules]
        if issubclass(schema, tuple):
            return list(map(partial(tuple.__new__, schema), zip(*columns, strict=True)))
        return list(map(schema, *columns))

    return read


def _column(rule: _Rule, records: list[dict[str, Any]]) -> list[Any]:
    name, read, default = rule
    values = [record.get(name) for record in records]
    filled: Sequence[int] = range(len(values))
    try:
        if None not in values:
            return read(values)
        if default is MISSING:
            raise WrongShape(values.index(None))
        filled = [index for index, value in enumerate(values) if value is not None]
        parsed = iter(read([values[index] for index in filled]))
    except WrongShape as wrong:
        raise WrongShape(filled[wrong.index], wrong.below(name)) from None
    if default is dict:
        # Written as its factory: the only default that must be a new object each time.
        return [{} if value is None else next(parsed) for value in values]
    return [default if value is None else next(parsed) for value in values]


def _defaults(schema: type[Any]) -> dict[str, Any]:
    """Return the fields in the order of the constructor, each with its default, a factory, or MISSING."""
    if is_dataclass(schema):
        return {
            field.name: field.default if field.default_factory is MISSING else field.default_factory
            for field in fields(schema)
        }
    return {name: schema._field_defaults.get(name, MISSING) for name in schema._fields}


def _reader(hint: Any) -> _Reader:
    if isinstance(hint, UnionType):
        (hint,) = (option for option in get_args(hint) if option is not NoneType)
    if get_origin(hint) is tuple:
        return _list_reader(_reader(get_args(hint)[0]))
    if get_origin(hint) is Mapping:
        return _scalar_reader(dict)
    if hint in (int, str, bool):
        return _scalar_reader(hint)
    return _read_moments if hint is datetime else _record_reader(hint)


def _scalar_reader(kind: type) -> _Reader:
    wanted = {kind}

    def read(values: list[Any]) -> list[Any]:
        # `type` and not `isinstance`: to Python true is an int, and an id must not be true.
        if not wanted.issuperset(map(type, values)):
            raise WrongShape(next(index for index, value in enumerate(values) if type(value) is not kind))
        return values

    return read


def _read_moments(values: list[Any]) -> list[Any]:
    moments: list[datetime] = []
    try:
        moments.extend(map(parse_moment, values))
    except (ValueError, TypeError):
        raise WrongShape(len(moments)) from None
    return moments


def _list_reader(read_items: _Reader) -> _Reader:
    are_lists = _scalar_reader(list)

    def read(lists: list[Any]) -> list[Any]:
        are_lists(lists)
        try:
            items = iter(read_items(list(chain.from_iterable(lists))))
        except WrongShape as wrong:
            raise _placed(wrong, lists) from None
        return [tuple(islice(items, len(values))) if values else () for values in lists]

    return read


def _placed(wrong: WrongShape, lists: Iterable[list[Any]]) -> WrongShape:
    """Turn a position among the items of all lists into a list and a position in it."""
    left = wrong.index
    for index, values in enumerate(lists):
        if left < len(values):
            return WrongShape(index, wrong.below(f"[{left}]"))
        left -= len(values)
    raise AssertionError("a reader named an item it was not given") from wrong
