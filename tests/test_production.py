"""What only production meets: the image's build, large bodies, odd input."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client

from purposejobs import celery_app
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


@pytest.mark.parametrize("hosts", ["jobs.example.com", ".example.com, jobs.example.org", " jobs.example.com ", "*"])
def test_the_image_asks_for_its_health_by_a_name_that_is_served(hosts: str, tmp_path: Path) -> None:
    """However the operator writes ALLOWED_HOSTS: with a name that is not served the container is never healthy."""
    name = re.search(r"headers=\{'Host': (.*?)\}\)", (ROOT / "Dockerfile").read_text())
    assert name
    host = name.group(1)
    code = f"import os; from django.test import RequestFactory as R; print(R().get('/', HTTP_HOST={host}).get_host())"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "purposejobs.settings", "VAR_DIR": str(tmp_path)}
    env |= {
        "DEBUG": "false",
        "SECRET_KEY": "x" * 50,
        "FIELD_ENCRYPTION_KEYS": "b25seS10by1sb2FkLXNldHRpbmdzLWluLWEtYnVpbGQ=",
    }
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env={**env, "ALLOWED_HOSTS": hosts}, capture_output=True, text=True, timeout=60
    )
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


def test_every_page_says_what_browsers_may_do_with_it(client: Client, db: None) -> None:
    for path in ("/accounts/login/", "/no-such-page/"):
        answer = client.get(path)
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy == {
            **dict.fromkeys(("default-src", "script-src", "style-src", "form-action"), "'self'"),
            **dict.fromkeys(("object-src", "base-uri", "frame-ancestors"), "'none'"),
            "img-src": "'self' data: https:",
        }


@pytest.mark.parametrize(
    ("left_out", "words"),
    [("SECRET_KEY", "SECRET_KEY is not set"), ("ALLOWED_HOSTS", "ALLOWED_HOSTS is not set")],
)
def test_production_refuses_to_start_without_what_it_needs(tmp_path: Path, left_out: str, words: str) -> None:
    ended = _settings(tmp_path, "None", **{left_out: ""})
    assert ended.returncode != 0
    assert words in ended.stderr


def test_production_with_an_https_address_keeps_cookies_and_visitors_on_it(tmp_path: Path) -> None:
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS"
    values = f"[getattr(settings, name) for name in {names.split()}]"
    assert _settings(tmp_path, values).stdout.strip() == "[True, True, True, True, 31536000]"


def _settings(tmp_path: Path, values: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Print values of the settings as production has them."""
    program = f"from django.conf import settings; settings.DEBUG; print({values})"
    basic = {
        "DJANGO_SETTINGS_MODULE": "purposejobs.settings",
        "DEBUG": "false",
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "s" * 50,
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "jobs.example.com",
        "BASE_URL": "https://jobs.example.com",
    }
    env = {"PATH": os.environ["PATH"], **basic, **environment}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def _of_the_image() -> list[str]:
    line = re.search(r"^CMD (\[.*?\])$", (ROOT / "Dockerfile").read_text().replace("\\\n", ""), re.MULTILINE)
    assert line
    words: list[str] = json.loads(line.group(1))
    return words[1:]


def _of_make_run() -> list[str]:
    program = "import json; from stack import parts; print(json.dumps(parts.web({}, 0).command))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT / "bin", capture_output=True, check=True)
    words: list[str] = json.loads(done.stdout)
    return words[3:]


@pytest.mark.parametrize("command", [_of_the_image, _of_make_run])
def test_the_web_servers_log_when_an_address_holds_a_key_then_it_is_cut(
    tmp_path: Path, command: Callable[[], list[str]]
) -> None:
    words = command()
    words[words.index("--bind") + 1] = f"unix:{tmp_path}/web.sock"
    words[0] = "wsgiref.simple_server:demo_app"  # any program will do: the server writes this log
    with subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        next(line for line in server.stdout if "Booting worker" in line)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(f"{tmp_path}/web.sock")
            line.sendall(b"GET /accounts/password/reset/key/1-abc-d3f/?q=words HTTP/1.0\r\n\r\n")
            assert line.recv(20).startswith(b"HTTP/1.")
        server.terminate()
        log = server.stdout.read()
    assert "GET /accounts/password/reset/key/…" in log
    assert "d3f" not in log
    assert "words" not in log


def test_a_task_ends_before_the_broker_hands_it_out_again() -> None:
    broker = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < broker["visibility_timeout"]
    assert (broker["unacked_restore_interval"], broker["unacked_restore_throttle"]) == (10, 1)
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1


def test_each_tick_of_beat_names_a_task_and_expires_before_the_next() -> None:
    celery_app.loader.import_default_modules()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in celery_app.tasks, name
        assert entry["options"]["expires"] < entry["schedule"], name
