"""Strict request bodies: closed sets of keys, each with a check, as Greenhouse's schemas are."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox import clock
from sandbox.exchange import Record, Request, unprocessable
from sandbox.store import Store

Check = Callable[[Any], str | None]  # returns what is wrong

PHONE_TYPES = ("home", "work", "mobile", "skype", "other")
EMAIL_TYPES = ("personal", "work", "other")
ADDRESS_TYPES = ("home", "work", "other")
WEBSITE_TYPES = ("personal", "company", "portfolio", "blog", "other")


def integer(value: Any) -> str | None:
    return None if type(value) is int else "must be an integer"


def text(value: Any) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def filled(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "can't be blank"


def flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be boolean"


def moment(value: Any) -> str | None:
    return None if isinstance(value, str) and clock.normalise(value) else "must be a date-time"


def nullable(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def one_of(*words: str) -> Check:
    return lambda value: None if value in words else f"must be one of: {', '.join(words)}"


def list_of(check: Check) -> Check:
    def check_list(value: Any) -> str | None:
        if not isinstance(value, list):
            return "must be an array"
        return next((problem for item in value if (problem := check(item))), None)

    return check_list


def entry(*types: str) -> Check:
    """Check one contact entry: a value, and its type where the kind has types."""
    keys = {"value", "type"} if types else {"value"}

    def check_entry(value: Any) -> str | None:
        if not isinstance(value, dict) or set(value) != keys:
            return f"entries must have exactly: {', '.join(sorted(keys))}"
        if filled(value["value"]):
            return "entries must have a value"
        if types and value["type"] not in types:
            return f"entry types are: {', '.join(types)}"
        return None

    return check_entry


def custom_values(value: Any) -> str | None:
    """Check the write form: entries naming a field by exactly one of its two names."""
    if not isinstance(value, list):
        return "must be an array"
    for item in value:
        if not isinstance(item, dict) or "value" not in item:
            return "entries must have a value"
        if set(item) - {"value"} not in ({"name_key"}, {"custom_field_id"}):
            return "entries must have exactly one of name_key and custom_field_id"
    return None


def structure(value: Any) -> str | None:
    return None if isinstance(value, dict) else "must be an object"


def read(request: Request, keys: Mapping[str, Check], *, required: tuple[str, ...] = ()) -> Record:
    """Return the JSON body of a write.

    Raises: Refusal 400 when it is no JSON, 422 for a missing, unknown or wrong key.
    """
    if request.params:
        raise unprocessable(*({name: "is not a permitted query parameter"} for name, _ in request.params))
    return checked(request.json, keys, required=required)


def checked(body: Any, keys: Mapping[str, Check], *, required: tuple[str, ...] = ()) -> Record:
    if not isinstance(body, dict):
        raise unprocessable("The request body must be an object.")
    problems: list[str | dict[str, str]] = [{name: "is missing"} for name in required if name not in body]
    for name, value in body.items():
        problem = keys[name](value) if name in keys else "is not a permitted key"
        if problem:
            problems.append({name: problem})
    if problems:
        raise unprocessable(*problems)
    return body


def must_exist(store: Store, collection: str, body: Record, *names: str) -> None:
    """Check that the ids under these keys, where given, are ids of the collection.

    Raises: Refusal 422 naming the key.
    """
    for name in names:
        if body.get(name) is not None and store.get(collection, body[name]) is None:
            raise unprocessable({name: f"{body[name]} does not exist"})


def custom_field_map(store: Store, field_type: str, entries: list[Record]) -> Record:
    """Turn the write form of custom fields into the map that reads show.

    Raises: Refusal 422 for a field or an option that does not exist.
    """
    shown: Record = {}
    for item in entries:
        field = _custom_field(store, field_type, item)
        shown[field["name_key"]] = {
            "name": field["name"],
            "type": "boolean" if field["value_type"] == "yes_no" else field["value_type"],
            "value": _shown_value(store, field, item["value"]),
        }
    return shown


def _custom_field(store: Store, field_type: str, item: Record) -> Record:
    if "name_key" in item:
        found = store.first("custom_fields", field_type=field_type, name_key=item["name_key"])
    else:
        found = store.first("custom_fields", field_type=field_type, id=item["custom_field_id"])
    if found is None:
        name = item.get("name_key", item.get("custom_field_id"))
        raise unprocessable({"custom_fields": f"{name} is not a {field_type} custom field"})
    return found


def _shown_value(store: Store, field: Record, value: Any) -> Any:
    """Show selects by label; they may be written by label or by option id."""
    if value is None or field["value_type"] not in ("single_select", "multi_select"):
        return value
    options = store.where("custom_field_options", custom_field_id=field["id"], active=True)
    labels = {option["id"]: option["name"] for option in options} | {
        option["name"]: option["name"] for option in options
    }
    given = value if isinstance(value, list) else [value]
    unknown = [one for one in given if isinstance(one, (list, dict)) or one not in labels]
    if unknown:
        raise unprocessable({"custom_fields": f"{unknown[0]} is not an option of {field['name_key']}"})
    shown = [labels[one] for one in given]
    return shown if field["value_type"] == "multi_select" else shown[0]
