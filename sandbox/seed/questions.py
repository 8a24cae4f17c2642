"""The questions of a post: those built in, then its own, of every type of answer."""

from typing import Any

from sandbox.exchange import Record

# A question of one's own as a plain text: yes or no when it begins so, else a long answer.
_YES_OR_NO = ("Are you", "Do you")


def questions(job_id: int, extra: list[Any]) -> list[Record]:
    """Return the built-in questions, then a post's own: each a label, or a record that says more."""
    listed = [
        _question("First Name", "first_name", "short_text", required=True),
        _question("Last Name", "last_name", "short_text", required=True),
        _question("Email", "email", "short_text", required=True),
        _question("Phone", "phone", "short_text"),
        _question("Resume/CV", "resume", "attachment", required=True),
        _question("Cover Letter", "cover_letter", "attachment"),
    ]
    return listed + [_own(job_id * 20 + place, asked) for place, asked in enumerate(extra)]


def _own(number: int, asked: Any) -> Record:
    if isinstance(asked, str):
        is_short = asked.startswith(_YES_OR_NO)
        asked = {"label": asked, "type": "boolean" if is_short else "long_text", "required": is_short}
    kept = {name: asked[name] for name in ("required", "private", "description") if name in asked}
    options = [{"id": number * 20 + place, "label": label} for place, label in enumerate(asked.get("options", []))]
    shown = _question(asked["label"], f"question_{number}", asked["type"], id=number, options=options)
    return shown | kept


def _question(label: str, name: str, answer_type: str, **values: Any) -> Record:
    plain: Record = {"id": None, "description": None, "required": False, "private": False, "options": []}
    return plain | {"label": label, "name": name, "answer_type": answer_type} | values
