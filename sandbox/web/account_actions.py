"""What the buttons on users, sources and credentials do."""

from urllib.parse import urlsplit

from sandbox import consents
from sandbox import credentials as life
from sandbox.context import World
from sandbox.control_account import add_source as put_source
from sandbox.exchange import Record, Request, not_found, unprocessable
from sandbox.routes import scopes_of


def toggle_active(world: World, _: Request, user: Record) -> tuple[str, str]:
    changed = world.store.change("users", user["id"], deactivated=not user["deactivated"])
    return "/users", f"{user['name']} is {'deactivated' if changed['deactivated'] else 'active'} now."


def toggle_site_admin(world: World, _: Request, user: Record) -> tuple[str, str]:
    changed = world.store.change("users", user["id"], site_admin=not user["site_admin"])
    return "/users", f"{user['name']} is {'a' if changed['site_admin'] else 'no longer a'} Site Admin."


def toggle_sees_private(world: World, _: Request, user: Record) -> tuple[str, str]:
    changed = world.store.change("users", user["id"], _sees_private=not user.get("_sees_private", True))
    return "/users", f"{user['name']} {'sees' if changed['_sees_private'] else 'no longer sees'} private candidates."


# Sources


def _source_name(request: Request) -> str:
    name = request.form.get("name", "").strip()
    if not name:
        raise unprocessable("A source needs a name")
    return name


def add_source(world: World, request: Request) -> tuple[str, str]:
    source = put_source(world, _source_name(request))
    return "/sources", f"The source “{source['name']}” was added."


def rename_source(world: World, request: Request, source: Record) -> tuple[str, str]:
    name = _source_name(request)
    other = world.store.first("sources", name=name)
    if other and other["id"] != source["id"]:
        raise unprocessable({"name": "is taken by another source"})
    world.store.change("sources", source["id"], name=name)
    return "/sources", f"“{source['name']}” is now called “{name}”."


def remove_source(world: World, _: Request, source: Record) -> tuple[str, str]:
    """Remove a source; applications keep its number, which then leads nowhere."""
    world.store.remove("sources", source["id"])
    return "/sources", f"The source “{source['name']}” was removed."


# Credentials


def set_scopes(world: World, request: Request, credential: Record) -> tuple[str, str]:
    chosen = [scope for scope in scopes_of(credential) if scope in request.form]
    world.store.change("_credentials", credential["id"], scopes=chosen)
    return "/credentials", f"{credential['name']} has {len(chosen)} scopes now."


def toggle_revoked(world: World, _: Request, credential: Record) -> tuple[str, str]:
    """Revoke a credential, or give it back; tokens of a revoked one stay dead."""
    revoked = not credential["revoked"]
    life.end_tokens(world.store, credential)
    world.store.change("_credentials", credential["id"], revoked=revoked)
    return "/credentials", f"{credential['name']} {'was revoked' if revoked else 'works again'}."


def rotate_secret(world: World, _: Request, credential: Record) -> tuple[str, str]:
    if credential["kind"] == "api_key":
        raise unprocessable("An API key has no secret of its own: revoke it")
    life.rotate(world.store, credential, keep_seconds=world.switches.old_secret_seconds)
    return "/credentials", f"{credential['name']} has a new secret. The old one works on for a while."


def end_old_secrets(world: World, _: Request, credential: Record) -> tuple[str, str]:
    life.end_old_secrets(world.store, credential)
    return "/credentials", f"Only the present secret of {credential['name']} works now."


def end_tokens(world: World, _: Request, credential: Record) -> tuple[str, str]:
    life.end_tokens(world.store, credential)
    return "/credentials", f"Every access token of {credential['name']} is dead. It may fetch new ones."


def set_redirects(world: World, request: Request, credential: Record) -> tuple[str, str]:
    addresses = request.form.get("addresses", "").split()
    wrong = [one for one in addresses if urlsplit(one).scheme not in ("http", "https") or not urlsplit(one).netloc]
    if wrong:
        raise unprocessable(f"“{wrong[0]}” is no http or https address")
    world.store.change("_credentials", credential["id"], redirect_uris=addresses)
    return "/credentials", f"{credential['name']} has {len(addresses)} redirect URIs of its own."


def disconnect(world: World, request: Request, credential: Record) -> tuple[str, str]:
    number = request.form.get("organization_id", "")
    organization = world.store.get("_organization", int(number)) if number.isascii() and number.isdigit() else None
    if organization is None:
        raise not_found("The organization")
    consents.end(world.store, credential["id"], organization["id"])
    return "/credentials#connected", f"{credential['name']} is disconnected from {organization['name']}."
