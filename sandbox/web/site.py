"""The addresses of the sandbox's pages."""

from collections.abc import Callable

from sandbox.context import World
from sandbox.exchange import Record, Refusal, Request, Response, not_found
from sandbox.web import (
    account_actions,
    account_pages,
    actions,
    job_actions,
    job_pages,
    page,
    pages,
    people_actions,
    people_pages,
    webhook_actions,
    webhook_pages,
)

# An action changes something and returns the page to go back to and what to say there.
Action = Callable[[World, Request, Record], tuple[str, str]]

_PAGES: dict[str, Callable[[World, Request], Response]] = {
    "": pages.dashboard,
    "jobs": job_pages.jobs,
    "boards": job_pages.boards,
    "people": people_pages.people,
    "users": account_pages.users,
    "sources": account_pages.sources,
    "credentials": account_pages.credentials,
    "webhooks": webhook_pages.webhooks,
    "traffic": pages.traffic,
}
_RECORD_PAGES: dict[str, tuple[str, Callable[[World, Request, Record], Response]]] = {
    "jobs": ("jobs", job_pages.job),
    "people": ("candidates", people_pages.person),
    "deliveries": ("_deliveries", webhook_pages.delivery),
}
# first word of the path: (collection, page to return to when the action is refused)
_COLLECTIONS: dict[str, tuple[str, Callable[[Record], str]]] = {
    "jobs": ("jobs", lambda job: f"/jobs/{job['id']}"),
    "posts": ("job_posts", job_actions.post_page),
    "boards": ("job_boards", lambda _: "/boards"),
    "applications": ("applications", people_actions.person_page),
    "people": ("candidates", lambda person: f"/people/{person['id']}"),
    "users": ("users", lambda _: "/users"),
    "sources": ("sources", lambda _: "/sources"),
    "credentials": ("_credentials", lambda _: "/credentials"),
    "webhooks": ("webhooks", lambda _: "/webhooks"),
    "deliveries": ("_deliveries", lambda delivery: f"/deliveries/{delivery['id']}"),
}
_ACTIONS: dict[tuple[str, str], Action] = {
    ("jobs", "close"): job_actions.close_job,
    ("jobs", "reopen"): job_actions.reopen_job,
    ("jobs", "add_post"): job_actions.add_post,
    ("posts", "publish"): job_actions.publish_post,
    ("posts", "unpublish"): job_actions.unpublish_post,
    ("posts", "rename"): job_actions.rename_post,
    ("posts", "locate"): job_actions.locate_post,
    ("posts", "delete"): job_actions.delete_post,
    ("posts", "restore"): job_actions.restore_post,
    ("posts", "pay"): job_actions.pay_post,
    ("boards", "offline"): job_actions.take_board_offline,
    ("boards", "live"): job_actions.put_board_online,
    ("posts", "rewrite"): job_actions.rewrite_post,
    ("applications", "move"): people_actions.move,
    ("applications", "reject"): people_actions.reject,
    ("applications", "unreject"): people_actions.unreject,
    ("applications", "hire"): people_actions.hire,
    ("applications", "unhire"): people_actions.unhire,
    ("applications", "transfer"): people_actions.transfer,
    ("applications", "convert"): people_actions.convert,
    ("applications", "pool"): people_actions.pool,
    ("applications", "attach"): people_actions.attach,
    ("applications", "delete"): people_actions.delete_application,
    ("people", "edit"): people_actions.edit,
    ("people", "private"): people_actions.toggle_private,
    ("people", "merge"): people_actions.merge,
    ("people", "anonymise"): people_actions.anonymise,
    ("people", "delete"): people_actions.delete,
    ("people", "tag"): people_actions.tag,
    ("people", "consider"): people_actions.consider,
    ("people", "note"): people_actions.note,
    ("users", "sees_private"): account_actions.toggle_sees_private,
    ("users", "active"): account_actions.toggle_active,
    ("users", "site_admin"): account_actions.toggle_site_admin,
    ("sources", "rename"): account_actions.rename_source,
    ("sources", "remove"): account_actions.remove_source,
    ("credentials", "scopes"): account_actions.set_scopes,
    ("credentials", "revoked"): account_actions.toggle_revoked,
    ("credentials", "rotate"): account_actions.rotate_secret,
    ("credentials", "end_old"): account_actions.end_old_secrets,
    ("credentials", "end_tokens"): account_actions.end_tokens,
    ("credentials", "redirects"): account_actions.set_redirects,
    ("credentials", "disconnect"): account_actions.disconnect,
}
# Actions that speak to somebody else, and so take the lock only for their own writes.
_SLOW_ACTIONS: dict[tuple[str, str], Action] = {
    ("webhooks", "ping"): webhook_actions.ping,
    ("webhooks", "enable"): webhook_actions.enable,
    ("webhooks", "disable"): webhook_actions.disable,
    ("webhooks", "change"): webhook_actions.change,
    ("webhooks", "remove"): webhook_actions.remove,
    ("deliveries", "send_again"): webhook_actions.send_again,
}
# Forms that are about no one record: (page to return to when refused, what to do)
_FORMS: dict[tuple[str, ...], tuple[str, Callable[[World, Request], tuple[str, str]]]] = {
    ("switches",): ("/#switches", actions.set_switches),
    ("people",): ("/people", people_actions.add_person),
    ("sources",): ("/sources", account_actions.add_source),
    ("webhooks",): ("/webhooks#new", webhook_actions.add),
    ("webhooks", "trouble"): ("/webhooks#trouble", webhook_actions.order_trouble),
    ("webhooks", "trouble", "clear"): ("/webhooks", webhook_actions.clear_trouble),
    ("webhooks", "release"): ("/webhooks", webhook_actions.release),
    ("trouble",): ("/traffic", actions.order_trouble),
    ("trouble", "clear"): ("/traffic", actions.clear_trouble),
    ("chaos",): ("/traffic", actions.start_chaos),
    ("chaos", "stop"): ("/traffic", actions.stop_chaos),
}


def answer(world: World, request: Request) -> Response:
    """Answer a page or an action; a refusal becomes a message or an error page."""
    parts = [part for part in request.path.split("/") if part]
    try:
        if request.path == "/static/sandbox.css":
            return page.style_sheet()
        if request.method == "POST":
            return _act(world, request, parts)
        if request.method in ("GET", "HEAD"):
            with world.store.lock:
                return _show(world, request, parts)
        raise not_found()
    except Refusal as refusal:
        return page.render(request, "error.html", refusal.status, text=refusal.text)


def _show(world: World, request: Request, parts: list[str]) -> Response:
    if len(parts) <= 1 and (show := _PAGES.get("".join(parts))):
        return show(world, request)
    if len(parts) == 2 and parts[0] in _RECORD_PAGES:
        collection, show_record = _RECORD_PAGES[parts[0]]
        return show_record(world, request, _record(world, collection, parts[1]))
    raise not_found()


def _record(world: World, collection: str, number: str) -> Record:
    record = world.store.get(collection, int(number)) if number.isascii() and number.isdigit() else None
    if record is None:
        raise not_found("The page")
    return record


def act(world: World, request: Request, collection: str, record_id: int, action: str) -> str:
    """Press a button of a page for the control API, and return what the page would say.

    Raises: Refusal 404 when there is no such record or button, else as the action does.
    """
    known = _ACTIONS | _SLOW_ACTIONS
    rooms = {stored: room for room, (stored, _) in _COLLECTIONS.items()}
    key = rooms.get(collection, ""), action
    if key not in known:
        raise not_found("The action")
    return _press(world, request, key, _record(world, collection, str(record_id)))[1]


def _press(world: World, request: Request, key: tuple[str, str], record: Record) -> tuple[str, str]:
    if key in _SLOW_ACTIONS:
        return _SLOW_ACTIONS[key](world, request, record)
    with world.store.unit():
        return _ACTIONS[key](world, request, record)


def _act(world: World, request: Request, parts: list[str]) -> Response:
    if tuple(parts) in _FORMS:
        back_to, send = _FORMS[tuple(parts)]
        return _settle(back_to, lambda: send(world, request))
    if len(parts) != 3 or (parts[0], parts[2]) not in _ACTIONS | _SLOW_ACTIONS:
        raise not_found()
    key = parts[0], parts[2]
    collection, back = _COLLECTIONS[parts[0]]
    record = _record(world, collection, parts[1])
    return _settle(back(record), lambda: _press(world, request, key, record))


def _settle(back: str, change: Callable[[], tuple[str, str]]) -> Response:
    """Carry out a change and go where it says, or back with the reason it was refused."""
    try:
        to, message = change()
    except Refusal as refusal:
        return page.redirect(back, refusal.text, kind="problem")
    return page.redirect(to, message)
