"""Which pictures we take as a company's logo: their bytes decide, never their name."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import File

MAX_BYTES = 1024 * 1024
MAX_PIXELS = 4096  # on either side
# Never SVG: it is a program that draws.
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
_SENTENCES = {
    "empty": "This file is empty. Choose another one.",
    "too_big": "This picture is larger than 1 MB. Save a smaller version and choose that.",
    "vector": "This is an SVG drawing. Save it as a PNG picture and choose that.",
    "unknown": "This is not a PNG, JPEG or WebP picture. Save it as one of these and choose that.",
    "broken": "This picture cannot be read to its end. Save it again and choose it once more.",
    "too_wide": f"This picture is more than {MAX_PIXELS:,} pixels wide or high. Save it smaller and choose that.",
}
# The frames of a JPEG that say its size; three numbers in between mean something else.
_JPEG_SIZES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_DATA = 0xDA
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture whose kind and size were read from its bytes."""

    extension: str
    content: bytes


def check_logo(file: File) -> Logo:  # type: ignore[type-arg]
    """Read an upload and find out whether it is a picture that we may show.

    Raises: ValidationError, with a code and a sentence of its own for every reason.
    """
    content = file.read(MAX_BYTES + 1)
    if not content.strip():
        raise _refused("empty")
    if len(content) > MAX_BYTES:
        raise _refused("too_big")
    extension, size_of = _kind_of(content)
    try:
        size = size_of(content)
    except (struct.error, IndexError):
        size = None
    if not size or not min(size):
        raise _refused("broken")
    if max(size) > MAX_PIXELS:
        raise _refused("too_wide")
    return Logo(extension, content)


def _refused(code: str) -> ValidationError:
    return ValidationError(_SENTENCES[code], code=code)


def _kind_of(content: bytes) -> tuple[str, Callable[[bytes], Size | None]]:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", _png_size
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg", _jpeg_size
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp", _webp_size
    raise _refused("vector" if b"<svg" in content[:4096].lower() else "unknown")


def _png_size(content: bytes) -> Size | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-4096:]:
        return None
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> Size | None:
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # any number of them may stand before a marker
            at += 1
        elif marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, at + 5)
            return (width, height) if b"\xff\xd9" in content[at:] else None
        elif marker == _JPEG_DATA:
            return None
        else:
            at += 2 + struct.unpack_from(">H", content, at + 2)[0]
    return None


def _webp_size(content: bytes) -> Size | None:
    if struct.unpack_from("<I", content, 4)[0] > len(content) - 8:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = struct.unpack_from("<I", content, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
