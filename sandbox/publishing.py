"""Job posts: written, published, taken down, deleted and brought back, as on Greenhouse's edit page."""

from typing import Any

from sandbox.exchange import Record, unprocessable
from sandbox.store import Store
from sandbox.webhooks import payloads
from sandbox.webhooks.events import announce


def edit(store: Store, post: Record, **values: Any) -> Record:
    """Change a post, and its `updated_at`."""
    changed = store.change("job_posts", post["id"], **values)
    announce(store, "job_post_updated", lambda: payloads.post(store, changed))
    return changed


def add(store: Store, **values: Any) -> Record:
    """Add an external draft on the first board, with these fields."""
    empty: Record = {
        "job_id": None,
        "job_board_id": store.table("job_boards").order[0],
        "internal": False,
        "active": True,
        "live": False,
        "featured": False,
        "first_published_at": None,
        "internal_content": None,
        "language": "en",
        "public_url": None,
        "demographic_question_set_id": None,
        "questions": [],
    }
    return store.add("job_posts", **(empty | values))


def announce_new(store: Store, post: Record) -> None:
    """Say that a post was made, once its places are there too."""
    announce(store, "job_post_created", lambda: payloads.post(store, post))


def publish(store: Store, post: Record) -> Record:
    """Put a post on its board.

    Raises: Refusal 422 when the job is not open, the post deleted, or the board not live.
    """
    job = store.get("jobs", post["job_id"])
    board = store.get("job_boards", post["job_board_id"])
    is_prospect_post = post["job_id"] is None
    if not post["active"] or not (is_prospect_post or (job and job["status"] == "open")):
        raise unprocessable("Only a post of an open job can be published")
    if not board or board["status"] != "live":
        raise unprocessable("The job board is not live")
    return edit(store, post, live=True, first_published_at=post["first_published_at"] or store.now())


def delete(store: Store, post: Record) -> Record:
    """Delete a post: it stays behind as one that is not active."""
    deleted = store.change("job_posts", post["id"], active=False, live=False)
    announce(store, "job_post_deleted", lambda: payloads.deleted_post(store, deleted))
    return deleted


def restore(store: Store, post: Record) -> Record:
    """Bring a deleted post back as a draft."""
    if post["active"]:
        raise unprocessable("The post is not deleted")
    return edit(store, post, active=True)


def put_location(store: Store, post_id: int, text: str) -> Record:
    """Add one place in free text."""
    return store.add(
        "job_post_locations",
        job_post_id=post_id,
        type="free_text",
        plain_text_location=text,
        office_id=None,
        custom_location_id=None,
    )


def set_pay(
    store: Store, post: Record, pay_input: Record, *, least: int | None, most: int | None, currency: str
) -> Record:
    """Replace a post's range of one pay input, in whole units; without both ends it has none."""
    if least is not None and most is not None and least > most:
        raise unprocessable("The range must rise")
    if len(currency) != 3 or not currency.isalpha():
        raise unprocessable({"currency": "must have three letters"})
    for row in store.where("pay_input_ranges", job_post_id=post["id"], pay_input_id=pay_input["id"]):
        store.remove("pay_input_ranges", row["id"])
    if least is not None or most is not None:
        store.add(
            "pay_input_ranges",
            pay_input_id=pay_input["id"],
            job_post_id=post["id"],
            currency_type=currency,
            min_cents=None if least is None else least * 100,
            max_cents=None if most is None else most * 100,
        )
    return edit(store, post)


def set_board_live(store: Store, board: Record, live: bool) -> Record:
    """Take a board offline, its live posts with it, or put the board back; its posts then wait to be published."""
    if not live:
        for post in store.where("job_posts", job_board_id=board["id"], live=True):
            edit(store, post, live=False)
    return store.change("job_boards", board["id"], status="live" if live else "draft")
