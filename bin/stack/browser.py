"""Which browser the browser tests drive."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> str | None:
    """Return the program of a Chromium or Chrome: the one CHROMIUM names, else one that is installed."""
    for candidate in (os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), MACOS):
        if candidate and Path(candidate).exists():
            return candidate
    return None
