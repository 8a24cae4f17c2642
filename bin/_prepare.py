"""Bring the database up to date; then load the demo employer where there is none, or collect static files."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purposejobs.settings")

    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=1)
    if settings.DEBUG:
        call_command("load_demo")  # refuses elsewhere, as its passwords are public
    else:  # only then the static files are served from one folder, under hashed names
        call_command("collectstatic", interactive=False, verbosity=0)
