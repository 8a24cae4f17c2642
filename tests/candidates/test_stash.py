from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from candidates import stash
from tests.candidates import files


def names(settings: Any) -> list[str]:
    folder = Path(settings.MEDIA_ROOT) / "stash"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_kept_when_the_token_is_ours_then_gives_the_upload_back() -> None:
    upload = files.checked(files.docx(), "Ada résumé.docx")
    assert stash.kept(stash.keep(upload)) == upload


def test_keep_when_called_then_the_name_on_disk_tells_nothing(settings: Any) -> None:
    token = stash.keep(files.checked(name="Ada.pdf"))
    (name,) = names(settings)
    assert "Ada" not in name
    assert (Path(settings.MEDIA_ROOT) / "stash" / name).stat().st_mode & 0o777 == 0o600
    assert token != stash.keep(files.checked(name="Ada.pdf"))


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", signing.dumps(["stash/x", "x.pdf", "pdf"])])
def test_kept_when_the_token_is_not_ours_then_none(token: str) -> None:
    assert stash.kept(token) is None


def test_kept_when_the_token_was_altered_then_none() -> None:
    token = stash.keep(files.checked())
    assert stash.kept(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


def test_kept_when_a_day_has_passed_then_none() -> None:
    token = stash.keep(files.checked())
    with time_machine.travel(timezone.now() + stash.KEPT_FOR * 1.01):
        assert stash.kept(token) is None


def test_sweep_when_some_are_old_then_deletes_only_those(settings: Any) -> None:
    stash.keep(files.checked())
    assert stash.sweep() == 0
    with time_machine.travel(timezone.now() + stash.KEPT_FOR * 1.01):
        # The new file gets the real clock's time, so it is made older than nothing: only age decides.
        assert stash.sweep() == 1
        assert stash.sweep() == 0
    assert names(settings) == []


def test_sweep_when_nothing_was_ever_kept_then_does_nothing() -> None:
    assert stash.sweep() == 0


def test_kept_when_the_file_was_swept_then_none(settings: Any) -> None:
    token = stash.keep(files.checked())
    for name in names(settings):
        (Path(settings.MEDIA_ROOT) / "stash" / name).unlink()
    assert stash.kept(token) is None
