"""The pages about the account itself: users, sources, and what may reach it from outside."""

from datetime import UTC, datetime

from sandbox import credentials as life
from sandbox.clock import stamp
from sandbox.context import World
from sandbox.exchange import Record, Request, Response
from sandbox.routes import scopes_of
from sandbox.store import Store
from sandbox.web.page import render


def users(world: World, request: Request) -> Response:
    store = world.store
    ordered = sorted(store.all("users"), key=lambda user: int(user["id"]))
    everyone = [user | {"blind": not user.get("_sees_private", True)} for user in ordered]
    return render(
        request,
        "users.html",
        users=[user for user in everyone if not user["_service_account"]],
        service_accounts=[user for user in everyone if user["_service_account"]],
    )


def sources(world: World, request: Request) -> Response:
    store = world.store
    counts: dict[int, int] = {}
    for application in store.all("applications"):
        counts[application["source_id"]] = counts.get(application["source_id"], 0) + 1
    rows = [source | {"applications": counts.get(source["id"], 0)} for source in store.where("sources")]
    return render(request, "sources.html", sources=rows)


def credentials(world: World, request: Request) -> Response:
    store = world.store
    rows = [
        credential
        | {
            "organization": store.table("_organization").records[credential["organization_id"]]["name"],
            "all_scopes": [{"name": scope, "on": scope in credential["scopes"]} for scope in scopes_of(credential)],
            "living": [old | {"until": _moment(old["until"])} for old in life.living(credential)],
            "addresses": "\n".join(credential["redirect_uris"]),
        }
        for credential in store.where("_credentials")
    ]
    return render(
        request,
        "credentials.html",
        credentials=rows,
        connections=[one for credential in store.where("_credentials") for one in _connections(store, credential)],
        old_secret_days=_in_words(world.switches.old_secret_seconds),
    )


def _in_words(seconds: int) -> str:
    days, rest = divmod(seconds, 24 * 3600)
    return f"{days} day{'s' if days != 1 else ''}" if days and not rest else f"{seconds} seconds"


def _moment(epoch: float) -> str:
    return stamp(datetime.fromtimestamp(epoch, UTC))


def _connections(store: Store, credential: Record) -> list[Record]:
    """Return where a partner is connected, and by whose consents."""
    found = []
    for organization in store.where("_organization"):
        grants = store.where("_grants", credential_id=credential["id"], organization_id=organization["id"], active=True)
        consents = [
            {
                "user": store.table("users").records[grant["user_id"]],
                "scopes": sum(scope in credential["scopes"] for scope in grant["scopes"]),
                "since": grant["created_at"],
                "refreshed": grant["updated_at"],
            }
            for grant in grants
        ]
        if consents:
            found.append({"credential": credential, "organization": organization, "consents": consents})
    return found
