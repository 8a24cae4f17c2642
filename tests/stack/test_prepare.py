"""What the first step of a start leaves behind, in development and outside it."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.stack


def prepare(folder: Path, **environment: str) -> list[str]:
    """Run the step and return the names of the employers that are there now."""
    env = {
        **os.environ,
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "STATIC_ROOT": str(folder / "staticfiles"),
        "SECRET_KEY": "a-key-of-this-test-only",
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "localhost",
        **environment,
    }
    done = subprocess.run(
        [sys.executable, ROOT / "bin" / "_prepare.py"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(folder / "db.sqlite3") as database:
        return [name for (name,) in database.execute("SELECT name FROM accounts_employer")]


def test_prepare_in_development_then_the_demo_is_there(tmp_path: Path) -> None:
    assert "Lumen Robotics" in prepare(tmp_path, DEBUG="true")
    assert not (tmp_path / "staticfiles").exists()


def test_prepare_outside_development_then_no_demo_but_static_files(tmp_path: Path) -> None:
    assert prepare(tmp_path, DEBUG="false") == []
    assert (tmp_path / "staticfiles" / "staticfiles.json").is_file()
