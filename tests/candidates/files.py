"""Small but real files of every kind, made from scratch."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

from candidates.uploads import CheckedUpload, check_resume

CONTENT_TYPES_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
DOCUMENT_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>Ada Lovelace</w:t></w:r></w:p></w:body></w:document>"
)


def pdf() -> bytes:
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )


def slow_pdf() -> bytes:
    """A PDF of a few kilobytes with millions of words on one page."""
    stream = zlib.compress(b"BT /F1 1 Tf " + b"(x) Tj " * 3_000_000, 9)
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Filter /FlateDecode /Length %d >> stream\n%s\nendstream" % (len(stream), stream),
    )


def pdf_of(*objects: bytes) -> bytes:
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def ole(stream_name: str) -> bytes:
    """A compound file with one stream, as Word, Excel and encrypted DOCX are."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    root = _ole_entry("Root Entry", kind=5, child=1)
    stream = _ole_entry(stream_name, kind=2, child=0xFFFFFFFF)
    return header + table + root + stream + bytes(256)


def _ole_entry(name: str, *, kind: int, child: int) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    return (entry + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)).ljust(128, b"\0")


def doc() -> bytes:
    return ole("WordDocument")


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, DOCUMENT_XML if name.startswith("word/") else CONTENT_TYPES_XML)
    return buffer.getvalue()


def docx() -> bytes:
    return zipped("[Content_Types].xml", "word/document.xml")


def docx_bomb() -> bytes:
    """A DOCX of under a megabyte that would unpack to 100 MB."""
    buffer = io.BytesIO(docx())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", bytes(100 * 1024 * 1024))
    return buffer.getvalue()


def rtf() -> bytes:
    return rb"{\rtf1\ansi Ada Lovelace\par}"


def txt() -> bytes:
    return "Ada Lovelace\nMathématicienne · London\n".encode()


def program() -> bytes:
    return b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200) + b"PE\x00\x00"


MAKERS = {"pdf": pdf, "doc": doc, "docx": docx, "rtf": rtf, "txt": txt}


def uploaded(content: bytes, name: str = "resume.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def checked(content: bytes | None = None, name: str = "resume.pdf") -> CheckedUpload:
    return check_resume(uploaded(pdf() if content is None else content, name))
