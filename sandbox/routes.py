"""Which address does what, and the one scope it needs."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.catalogue import CATALOGUE
from sandbox.context import Call
from sandbox.exchange import Record, Response, json_response
from sandbox.present import shown
from sandbox.writes import applications, candidates, files, notes, webhooks


@dataclass(frozen=True)
class Write:
    verb: str  # the last word of the scope
    handle: Callable[[Call], Response]
    is_slow: bool = False  # may speak to somebody else, so it takes the lock only for its own writes


# (method, collection, whether the path names a record, action)
WRITES: dict[tuple[str, str, bool, str], Write] = {
    ("POST", "candidates", False, ""): Write("create", candidates.create),
    ("PATCH", "candidates", True, ""): Write("update", candidates.update),
    ("DELETE", "candidates", True, ""): Write("destroy", candidates.delete),
    ("POST", "candidates", True, "merge"): Write("merge", candidates.merge),
    ("PATCH", "candidates", True, "anonymize"): Write("anonymize", candidates.anonymise),
    ("POST", "applications", False, ""): Write("create", applications.create),
    ("PATCH", "applications", True, ""): Write("update", applications.update),
    ("DELETE", "applications", True, ""): Write("destroy", applications.delete),
    ("POST", "applications", True, "move"): Write("move", applications.move),
    ("POST", "applications", True, "reject"): Write("reject", applications.reject),
    ("POST", "applications", True, "unreject"): Write("unreject", applications.unreject),
    ("POST", "applications", True, "hire"): Write("hire", applications.hire),
    ("POST", "applications", True, "convert_to_candidate"): Write("convert_to_candidate", applications.convert),
    ("PATCH", "rejection_details", True, ""): Write("update", applications.update_rejection),
    ("POST", "attachments", False, ""): Write("create", files.create, is_slow=True),
    ("DELETE", "attachments", True, ""): Write("destroy", files.delete),
    ("POST", "notes", False, ""): Write("create", notes.create),
    ("POST", "candidate_tags", False, ""): Write("create", candidates.create_tag),
    ("DELETE", "candidate_tags", True, ""): Write("destroy", candidates.delete_tag),
    ("POST", "applied_candidate_tags", False, ""): Write("create", candidates.apply_tag),
    ("DELETE", "applied_candidate_tags", True, ""): Write("destroy", candidates.remove_tag),
    ("POST", "webhooks", False, ""): Write("create", webhooks.create, is_slow=True),
    ("PATCH", "webhooks", True, ""): Write("update", webhooks.update, is_slow=True),
    ("DELETE", "webhooks", True, ""): Write("destroy", webhooks.delete, is_slow=True),
}
PARTNERS_ONLY = ("webhooks",)
READABLE_ALONE = ("rejection_reasons",)


def show_one(call: Call, collection: str) -> Response:
    return json_response(shown(call.world, call.request, collection, call.target))


ALL_SCOPES: tuple[str, ...] = tuple(
    sorted(
        {f"harvest:{name}:list" for name in CATALOGUE}
        | {f"harvest:{collection}:{write.verb}" for (_, collection, _, _), write in WRITES.items()}
    )
)
# What the credential of a customer itself can be given.
CUSTOMER_SCOPES = tuple(scope for scope in ALL_SCOPES if scope.split(":")[1] not in PARTNERS_ONLY)


def scopes_of(credential: Record) -> tuple[str, ...]:
    """Return every scope that this kind of credential can be given."""
    return ALL_SCOPES if credential["kind"] == "partner" else CUSTOMER_SCOPES
