"""`.env.example` is where an operator looks first: it must know every variable."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READERS = {
    "purposejobs/settings.py": r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"',
    "bin/stack/config.py": r'values(?:\.get\(|, )"([A-Z_]+)"',
    "docker-compose.yml": r"\$\{([A-Z_]+)",
}


def test_env_example_when_a_variable_is_read_names_it() -> None:
    known = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for file, pattern in READERS.items():
        read = set(re.findall(pattern, (ROOT / file).read_text()))
        assert read, f"found no variable in {file}"
        assert read <= known, f"{file} reads {sorted(read - known)}"


def test_docker_compose_when_settings_read_a_variable_passes_it_on() -> None:
    set_by_the_image = {"DEBUG", "VAR_DIR", "PORT", "STATIC_ROOT"}
    read = set(re.findall(READERS["purposejobs/settings.py"], (ROOT / "purposejobs/settings.py").read_text()))
    passed_on = set(re.findall(r"^    ([A-Z_]+):", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE))
    assert read - set_by_the_image <= passed_on
