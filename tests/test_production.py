"""What only production meets: the image's build, large bodies, odd input."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from purposejobs.body_limit import MOST_BYTES, MOST_BYTES_WITH_FILES

ROOT = Path(__file__).resolve().parent.parent


def test_the_image_can_collect_its_static_files(tmp_path: Path) -> None:
    """With the very values that the Dockerfile gives to the one command that needs settings."""
    line = re.search(r"RUN (SECRET_KEY=.*?) \\\n\s+python manage.py collectstatic", (ROOT / "Dockerfile").read_text())
    assert line
    values = dict(pair.split("=", 1) for pair in line.group(1).split())
    env = {**os.environ, **values, "DEBUG": "false", "VAR_DIR": str(tmp_path), "STATIC_ROOT": str(tmp_path / "static")}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/accounts/login/", MOST_BYTES + 1, 413),
        *((f"/companies/x{end}", most + 1, 413) for end, most in MOST_BYTES_WITH_FILES.items()),
        ("/companies/x/jobs/1/apply/", MOST_BYTES + 1, 404),
        ("/accounts/login/", "9" * 400, 413),
        ("/accounts/login/", "9" * 5000, 413),
        ("/accounts/login/", "-1", 413),
    ],
)
def test_a_body_is_refused_by_its_length_before_it_is_read(
    client: Client, db: None, path: str, length: int | str, status: int
) -> None:
    answer = client.generic("POST", path, b"", CONTENT_LENGTH=str(length))
    assert answer.status_code == status
