"""Which room may import which (docs/architecture.md), read from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "jobs", "candidates", "integrations", "purposejobs")  # each may import those before it
GREENHOUSE = "integrations/greenhouse"
DOORS = {f"{GREENHOUSE}/{name}.py" for name in ("transport", "harvest", "client", "auth")} | {
    "integrations/credentials.py"  # makes the pooled session
}
HTTP_LIBRARIES = {"requests", "urllib3", "http.client", "urllib.request", "httpx", "aiohttp", "socket"}
# Django calls ready() once all models are there; signal receivers cannot be imported any sooner.
LATE_ON_PURPOSE = {"integrations/apps.py"}
# All that speaks to Greenhouse, except what also knows our rows.
WITHOUT_DJANGO = (
    *sorted(DOORS - {"integrations/credentials.py"}),
    *(f"{GREENHOUSE}/{n}.py" for n in ("errors", "headers", "parsing", "schemas")),
)


def _modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative imports hide which room they reach into"
            yield node.lineno, node.module or ""


def _offences(rooms: tuple[str, ...], forbidden: set[str]) -> list[str]:
    return [
        f"{path}:{line} imports {name}"
        for path, tree in _modules(*rooms)
        for line, name in _imported(tree)
        if any(f"{name}.".startswith(f"{one}.") for one in forbidden)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_before_it(room: str) -> None:
    later = {*ROOMS[ROOMS.index(room) + 1 :], "sandbox", "bench", "tests"}
    assert _offences((room,), later) == []


def test_the_sandbox_imports_no_room_and_none_of_our_machinery() -> None:
    # It draws its own pages with Django's template engine; of settings and models it must not know.
    machinery = {"django.db", "django.conf", "django.apps", "django.contrib", "celery"}
    assert _offences(("sandbox",), {*ROOMS, *machinery, "bench", "tests"}) == []


def test_nobody_imports_inside_a_function() -> None:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    late = [
        f"{path}:{line} imports {name}"
        for path, tree in _modules(*ROOMS, "sandbox")
        for function in ast.walk(tree)
        if isinstance(function, functions) and path not in LATE_ON_PURPOSE
        for line, name in _imported(function)
    ]
    assert late == []


def test_only_the_door_to_greenhouse_speaks_http() -> None:
    outside = [line for line in _offences(ROOMS, HTTP_LIBRARIES) if line.partition(":")[0] not in DOORS]
    assert outside == []


def test_the_client_knows_neither_django_nor_our_rows() -> None:
    known = {"django", "celery", *ROOMS} - {"integrations"}
    offences = [line for line in _offences(("integrations",), known) if line.partition(":")[0] in WITHOUT_DJANGO]
    inward = [
        f"{path}:{line} imports {name}"
        for path, tree in _modules("integrations")
        if path in WITHOUT_DJANGO
        for line, name in _imported(tree)
        if name.startswith("integrations") and not name.startswith("integrations.greenhouse")
    ]
    assert offences + inward == []


def test_the_files_named_here_exist() -> None:
    missing = [path for path in {*DOORS, *LATE_ON_PURPOSE, *WITHOUT_DJANGO} if not (ROOT / path).is_file()]
    assert missing == []
