"""The program inside this process as in production, but for a database of its own that goes with the run."""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of a run: production's settings, no file or server of anybody else.

    DATABASE_URL stays as it is: it names the server to measure, on which the run makes a database of its own.
    """
    return {
        "DEBUG": "off",  # with it on, Django keeps every statement in memory
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "localhost",
        "VAR_DIR": str(folder),
        "REDIS_URL": "memory://",  # the sync is called here and not by a worker, so nobody needs to be woken
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "purposejobs.settings",
    }


@contextmanager
def program(folder: Path, **more: str) -> Iterator[str]:
    """Set the program up with an empty, migrated database; yield which kind of database it is.

    Effects: environment variables, `more` among them; a database, removed at the end. Repeat: once per process.
    """
    os.environ.update(environment(folder) | more)
    django.setup()
    from django.db import connection

    if connection.vendor != "sqlite":
        # On SQLite it is a file in `folder`; on a server a name that no test run and no other benchmark has.
        connection.settings_dict["TEST"]["NAME"] = f"purposejobs_bench_{os.getpid()}"
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection.vendor
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def database_url() -> str:
    """Return the DATABASE_URL by which another process finds the database of this run."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
