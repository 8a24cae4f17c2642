"""Our rows → Greenhouse's records. Pure functions: no I/O, no queries. The other way is `mapping.py`."""

import base64
import re
from typing import Any

from candidates.models import Application, Document

TAG = "Purpose Jobs"


def candidate_body(application: Application) -> dict[str, Any]:
    """The body of `POST /v3/candidates`, without its application (contract §6.6)."""
    body: dict[str, Any] = {
        "first_name": application.first_name,
        "last_name": application.last_name or "-",
        "email_addresses": [{"value": application.email, "type": "personal"}],
        "tags": [TAG],
    }
    if application.phone:
        body["phone_numbers"] = [{"value": application.phone, "type": "mobile"}]
    websites = [link for link in application.links if link["kind"] == "website"]
    social = [link for link in application.links if link["kind"] != "website"]
    if websites:
        body["website_addresses"] = [{"value": link["url"], "type": "portfolio"} for link in websites]
    if social:
        body["social_media_addresses"] = [{"value": link["url"]} for link in social]
    return body


def application_part(job_remote_id: str, source_remote_id: str) -> dict[str, Any]:
    """What a candidate's inner application and `POST /v3/applications` have in common (contract §6.7)."""
    part: dict[str, Any] = {"job_id": int(job_remote_id)}
    if source_remote_id:
        part["source_id"] = int(source_remote_id)
    return part


def resume_filename(application: Application, document: Document) -> str:
    """Name the file after the person and the application, so that reading back can tell it from any other."""
    name = re.sub(r"[^\w-]+", "_", application.name).strip("_") or "Resume"
    return f"{name[:80]}_{application.key.hex[:8]}.{document.extension}"


def attachment_body(application_remote_id: str, filename: str, content: bytes) -> dict[str, Any]:
    """The body of `POST /v3/attachments` (contract §6.9)."""
    return {
        "application_id": int(application_remote_id),
        "filename": filename,
        "type": "resume",
        "content": base64.b64encode(content).decode("ascii"),
    }


def note_text(application: Application, link: str) -> str:
    """Everything the applicant wrote, readable, ending with the link that also marks the note as ours."""
    did = "was found on" if application.is_sourced else "applied through"
    on_job = f" for “{application.job_title}”" if application.job else ""
    lines = [f"{application.name} {did} Purpose Jobs{on_job}."]
    if application.note:
        lines += ["", application.note]
    if application.links:
        lines += ["", *(f"{label}: {url}" for label, url in application.labelled_links)]
    return "\n".join([*lines, "", f"On Purpose Jobs: {link}"])


def note_body(candidate_remote_id: str, application_remote_id: str, text: str) -> dict[str, Any]:
    """The body of `POST /v3/notes`; the written words differ from the read ones (contract §6.10)."""
    return {
        "candidate_id": int(candidate_remote_id),
        "application_id": int(application_remote_id),
        "body": text,
        "note_type": "NOTE",
        "visibility": "public",
    }
