"""Every list answers records of the shape Greenhouse publishes, where that reference is at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.catalogue import CATALOGUE
from tests.sandbox_process import SandboxProcess

REFERENCE = Path(__file__).resolve().parents[3] / "shared/greenhouse/reference/tap-greenhouse-response-schemas"
# Seen on the wire or described elsewhere, but not in the published response schemas.
BEYOND = {"applications": {"job_interview_stage_id", "rejection_reason_id"}, "attachments": {"visibility"}}
# The published schema knows no post without a job; the webhooks' documentation does.
PROSPECT_POST = ["job_posts.job_id: None is not integer"]
_KINDS: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
    "number": (int, float),
    "null": type(None),
}


def problems(schema: dict[str, Any], value: Any, place: str) -> list[str]:
    """Compare a value with the part of JSON Schema the reference files use."""
    kinds = schema.get("type")
    if kinds:
        listed = kinds if isinstance(kinds, list) else [kinds]
        is_flag = isinstance(value, bool) and "boolean" not in listed
        if is_flag or not any(isinstance(value, _KINDS[kind]) for kind in listed):
            return [f"{place}: {value!r} is not {kinds}"]
    if value is not None and "enum" in schema and value not in schema["enum"]:
        return [f"{place}: {value!r} is not one of {schema['enum']}"]
    found = []
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                found += problems(inner, value[name], f"{place}.{name}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            found += problems(schema.get("items", {}), item, f"{place}[{number}]")
    return found


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_list_when_compared_with_the_published_schema_then_same_fields_and_types(
    sandbox: SandboxProcess, token: str, name: str
) -> None:
    file = REFERENCE / f"{name}.json"
    if not file.exists():
        pytest.skip(f"no published schema of {name} at hand")
    schema = json.loads(file.read_text())
    rows = sandbox.api("GET", f"/v3/{name}?per_page=500", token=token).json()
    assert rows, f"the seed has no {name}"
    for row in rows:
        assert set(row) - BEYOND.get(name, set()) == set(schema["properties"])
        assert problems(schema, row, name) in ([], PROSPECT_POST)
