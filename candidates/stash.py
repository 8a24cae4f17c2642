"""Uploads kept for a day between two tries of one form, since no file field can remember its file.

And the broom for both kinds of files that nobody needs any more.
"""

import logging
import uuid
from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from accounts.models import Employer
from candidates.models import CandidateImport, Document
from candidates.uploads import MAX_BYTES, CheckedUpload

logger = logging.getLogger(__name__)
FOLDER = "stash"
# Where files rest that a row knows by their name: two random letters, then the file.
_KNOWN_BY: dict[str, tuple[type[Model], str]] = {
    "documents": (Document, "file"),
    "logos": (Employer, "logo"),
    "imports": (CandidateImport, "file"),
}
KEPT_FOR = timedelta(days=1)
_SALT = "candidates.stash"


def keep(upload: CheckedUpload) -> str:
    """Store a checked upload and return the signed token that finds it again."""
    name = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}", ContentFile(upload.content))
    return signing.dumps([name, upload.filename, upload.extension], salt=_SALT)


def kept(token: str) -> CheckedUpload | None:
    """Return what `keep` stored; None when the token is not ours, too old, or the file is gone."""
    try:
        name, filename, extension = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
        with default_storage.open(name) as file:
            content = file.read(MAX_BYTES)
    except (signing.BadSignature, FileNotFoundError):
        return None
    return CheckedUpload(extension, filename, len(content), content)


def sweep() -> int:
    """Delete kept uploads older than a day and return how many files went. Repeat: harmless."""
    return sum(_delete_if_old(f"{FOLDER}/{name}") for name in _names(FOLDER))


def sweep_orphans() -> int:
    """Delete files of every kind older than a day that no row knows, and return how many went. Repeat: harmless.

    A process killed between writing a file and committing its row leaves one behind.
    """
    swept = 0
    for root, (model, field) in _KNOWN_BY.items():
        for folder in _names(root, folders=True):
            paths = [f"{root}/{folder}/{name}" for name in _names(f"{root}/{folder}")]
            rows = model._default_manager.filter(**{f"{field}__in": paths})
            known = set(rows.values_list(field, flat=True))
            swept += sum(_delete_if_old(path) for path in paths if path not in known)
    return swept


def _names(folder: str, *, folders: bool = False) -> list[str]:
    try:
        inner, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return inner if folders else files


def _delete_if_old(path: str) -> bool:
    try:
        if default_storage.get_modified_time(path) >= timezone.now() - KEPT_FOR:
            return False
        default_storage.delete(path)
    except FileNotFoundError:  # another process was faster
        logger.info("A swept file was already gone.")
        return False
    return True
