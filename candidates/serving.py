"""Hand out a file of a person so that it can run nothing. Who may have it, the view decides."""

import logging

from django.http import FileResponse, Http404

from candidates.models import Document
from candidates.uploads import CONTENT_TYPES

logger = logging.getLogger(__name__)
_NOTHING_RUNS = "sandbox; default-src 'none'"


def download(document: Document) -> FileResponse:
    """The file as a download. Raises: Http404 if it is gone from storage."""
    return _safely(document, as_attachment=True)


def shown(document: Document) -> FileResponse:
    """The file within a page of ours if it is a PDF, whose viewer the browser brings; else as a download.

    Raises: Http404 if it is gone from storage.
    """
    if document.extension != "pdf":
        return download(document)
    response = _safely(document, as_attachment=False)
    response["Content-Security-Policy"] = f"{_NOTHING_RUNS}; frame-ancestors 'self'"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _safely(document: Document, *, as_attachment: bool) -> FileResponse:
    try:
        content = document.file.open("rb")
    except FileNotFoundError as exc:
        logger.error("The file of document %s is gone from storage.", document.pk)
        raise Http404 from exc
    response = FileResponse(
        content,
        as_attachment=as_attachment,
        filename=document.filename,
        content_type=CONTENT_TYPES.get(document.extension, "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _NOTHING_RUNS
    response["X-Robots-Tag"] = "noindex"
    return response
