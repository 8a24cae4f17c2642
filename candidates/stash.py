"""Uploads kept for a day between two tries of one form, since no file field can remember its file."""

import logging
import uuid
from datetime import timedelta

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from candidates.uploads import MAX_BYTES, CheckedUpload

logger = logging.getLogger(__name__)
FOLDER = "stash"
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
    """Delete what is older than a day and return how many files went. Repeat: harmless."""
    try:
        _, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    oldest = timezone.now() - KEPT_FOR
    swept = 0
    for name in names:
        path = f"{FOLDER}/{name}"
        try:
            if default_storage.get_modified_time(path) < oldest:
                default_storage.delete(path)
                swept += 1
        except FileNotFoundError:  # another process was faster
            logger.info("A kept upload was already gone.")
    return swept
