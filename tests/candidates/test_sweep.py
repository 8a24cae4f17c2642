"""Files that no row knows go after a day; all others stay."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.logos import Logo
from accounts.models import Employer
from accounts.services import set_logo
from candidates import stash
from candidates.tasks import sweep_files
from tests.factories import DocumentFactory, EmployerFactory

pytestmark = pytest.mark.django_db


def _aged(settings: Any, name: str) -> str:
    path = Path(settings.MEDIA_ROOT) / name
    two_days_ago = time.time() - 2 * 86_400
    os.utime(path, (two_days_ago, two_days_ago))
    return name


def test_sweep_takes_old_orphans_and_leaves_documents_and_new_files(settings: Any) -> None:
    document = _aged(settings, DocumentFactory().file.name)
    orphan = _aged(settings, default_storage.save("documents/ab/orphan", ContentFile(b"x")))
    set_logo(employer=EmployerFactory(name="E", slug="e"), logo=Logo("png", b"x"))
    logo = _aged(settings, Employer.objects.get(slug="e").logo.name)
    orphan_logo = _aged(settings, default_storage.save("logos/ab/orphan.png", ContentFile(b"x")))
    fresh = default_storage.save("documents/ab/being-written", ContentFile(b"x"))
    kept = _aged(settings, default_storage.save("stash/old", ContentFile(b"x")))

    sweep_files()

    left = {name for name in (document, orphan, logo, orphan_logo, fresh, kept) if default_storage.exists(name)}
    assert left == {document, logo, fresh}
    assert stash.sweep_orphans() == 0
