"""The kinds of filter a list may declare: each reads its text strictly and yields a test for one record."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.exchange import Record, unprocessable
from sandbox.store import Store

Test = Callable[[Record], bool]
Build = Callable[[Store, str, str], Test]  # (store, parameter name, its text)

MAX_LISTED = 50


@dataclass(frozen=True)
class Filter:
    build: Build
    default: Test | None = None  # applies while the parameter is absent


def id_list(name: str, text: str) -> set[int]:
    parts = text.split(",")
    if len(parts) > MAX_LISTED:
        raise unprocessable({name: f"must not have more than {MAX_LISTED} values"})
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise unprocessable({name: "must be a list of integers"})
    return {int(part) for part in parts}


def one_id(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise unprocessable({name: "must be an integer"})
    return int(text)


def ids(field: str) -> Filter:
    """Match a record whose field, or one of the ids in its field, is listed."""

    def build(_: Store, name: str, text: str) -> Test:
        wanted = id_list(name, text)

        return lambda record: _touches(wanted, record.get(field))

    return Filter(build)


def _touches(wanted: set[int], value: object) -> bool:
    """Say whether a value, or one in a list of values, is wanted; odd ones never are."""
    values = value if isinstance(value, list) else [value]
    return any(type(one) is int and one in wanted for one in values)


def one(field: str) -> Filter:
    def build(_: Store, name: str, text: str) -> Test:
        wanted = one_id(name, text)
        return lambda record: _touches({wanted}, record.get(field))

    return Filter(build)


def text(field: str) -> Filter:
    return Filter(lambda _, __, wanted: lambda record: record.get(field) == wanted)


def flag(field: str, *, default: bool | None = None) -> Filter:
    def build(_: Store, name: str, text: str) -> Test:
        if text not in ("true", "false"):
            raise unprocessable({name: "must be boolean"})
        wanted = text == "true"
        return lambda record: bool(record.get(field)) is wanted

    if default is None:
        return Filter(build)
    return Filter(build, default=lambda record: bool(record.get(field)) is default)


def choice(field: str, *words: str, said_as: dict[str, str] | None = None) -> Filter:
    """Match one of a few words; `said_as` maps the word asked for to the word stored."""

    def build(_: Store, name: str, text: str) -> Test:
        if text not in words:
            raise unprocessable({name: f"`{text}` is not one of: {', '.join(words)}"})
        wanted = (said_as or {}).get(text, text)
        return lambda record: record.get(field) == wanted

    return Filter(build)


def addresses_in(value: object) -> list[str]:
    """Return the texts of contact entries, or the one text there is."""
    entries = value if isinstance(value, list) else [{"value": value}]
    values = [entry.get("value") for entry in entries if isinstance(entry, dict)]
    return [one for one in values if isinstance(one, str)]


def emails(field: str, *, many: bool = False) -> Filter:
    """Match an address exactly, whatever its case; the field is a text or contact entries."""

    def build(_: Store, name: str, text: str) -> Test:
        wanted = {part.strip().casefold() for part in (text.split(",") if many else [text])}
        if len(wanted) > MAX_LISTED:
            raise unprocessable({name: f"must not have more than {MAX_LISTED} values"})

        def test(record: Record) -> bool:
            return any(address.casefold() in wanted for address in addresses_in(record.get(field)))

        return test

    return Filter(build)


def member(field: str) -> Filter:
    """Match a record whose list field contains the text."""

    def test(record: Record, wanted: str) -> bool:
        value = record.get(field)
        return isinstance(value, list) and wanted in value

    return Filter(lambda _, __, wanted: lambda record: test(record, wanted))


def custom_field_option() -> Filter:
    """Match a record one of whose custom fields holds the option (reads show options by label)."""

    def build(store: Store, name: str, text: str) -> Test:
        option = store.get("custom_field_options", one_id(name, text))
        field = option and store.get("custom_fields", option["custom_field_id"])
        if not option or not field:
            return lambda _: False
        key, label = field["name_key"], option["name"]

        def test(record: Record) -> bool:
            fields = record.get("custom_fields")
            held = fields.get(key) if isinstance(fields, dict) else None
            value = held.get("value") if isinstance(held, dict) else None
            return bool(label in value if isinstance(value, list) else value == label)

        return test

    return Filter(build)


def related(field: str, collection: str, other_field: str, parse: Callable[[str], object]) -> Filter:
    """Match a record that points, by id, at one of another collection with the given value."""

    def build(store: Store, _: str, text: str) -> Test:
        wanted = parse(text)
        targets = {other["id"] for other in store.all(collection) if other.get(other_field) == wanted}

        return lambda record: _touches(targets, record.get(field))

    return Filter(build)
