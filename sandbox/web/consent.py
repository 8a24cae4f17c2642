"""The page where a customer of Greenhouse lets a partner in: who is asked, what for, and as whom it will act."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sandbox import consents
from sandbox.context import World
from sandbox.exchange import Record, Refusal, Request, Response, not_found
from sandbox.store import Store
from sandbox.web import page

_ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state")
_VERBS = {"list": "read", "create": "add", "update": "change", "destroy": "delete"}


def _read_first(verb: str) -> tuple[bool, bool, str]:
    return verb != "read", verb != "add", verb


@dataclass(frozen=True)
class Asked:
    """What a partner asks for, once it is certain that it is the partner and where the answer goes."""

    credential: Record
    given: dict[str, str]

    @property
    def partner(self) -> str:
        """Return the name customers know: what follows in brackets is for the sandbox's own pages."""
        return str(self.credential["name"]).partition(" (")[0]

    @property
    def scopes(self) -> list[str]:
        return self.given["scope"].split()

    def back(self, **answer: str) -> str:
        """Return the partner's address with an answer, and the state exactly as it was given."""
        address = self.given["redirect_uri"]
        if self.given["state"]:
            answer["state"] = self.given["state"]
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(answer)}"


@dataclass(frozen=True)
class Login:
    """A person at work in one organization."""

    organization: Record
    user: Record

    @property
    def key(self) -> str:
        return f"{self.organization['id']}-{self.user['id']}"


def answer(world: World, request: Request) -> Response:
    """Show who may log in, then what is asked, then lead back to the partner with the answer."""
    try:
        with world.store.lock:
            return _answer(world, request)
    except Refusal as refusal:
        return page.render(request, "consent_error.html", refusal.status, text=refusal.text)


def _answer(world: World, request: Request) -> Response:
    source = request.form if request.method == "POST" else dict(request.params)
    asked = _asked(world.store, source)
    wrong = _wrong(asked)
    if wrong:
        return _lead(asked.back(error=wrong))
    logins = _logins(world.store)
    login = next((login for login in logins if login.key == source.get("as")), None)
    if request.method == "POST":
        return _decide(world, request, asked, login)
    if request.method not in ("GET", "HEAD"):
        raise not_found()
    return _ask(world.store, request, asked, login) if login else _log_in(world.store, request, asked, logins)


def _asked(store: Store, source: dict[str, str]) -> Asked:
    """Read the request of the partner.

    Raises: Refusal 400 when nobody may be sent back to the address: that would leak the answer.
    """
    given = {name: source.get(name, "") for name in _ASKED}
    credential = store.first("_credentials", kind="partner", client_id=given["client_id"])
    if credential is None or credential["revoked"]:
        raise Refusal(400, {"message": f"There is no partner with the client ID “{given['client_id']}”"})
    if not consents.redirect_allowed(credential, given["redirect_uri"]):
        message = f"The redirect URI “{given['redirect_uri']}” is not registered for {credential['name']}"
        raise Refusal(400, {"message": message})
    return Asked(credential, given)


def _wrong(asked: Asked) -> str:
    if asked.given["response_type"] != "code":
        return "unsupported_response_type"
    if not asked.scopes or set(asked.scopes) - set(asked.credential["scopes"]):
        return "invalid_scope"
    return ""


def _logins(store: Store) -> list[Login]:
    """Return everybody who can log in: the whole team here, one Site Admin at the other organization."""
    users = [user for user in store.where("users", deactivated=False) if not user["_service_account"]]
    home, *others = store.where("_organization")
    admin = next((user for user in users if user["site_admin"]), None)
    return [Login(home, user) for user in users] + [Login(other, admin) for other in others if admin]


def _log_in(store: Store, request: Request, asked: Asked, logins: list[Login]) -> Response:
    groups = [
        {"name": organization["name"], "logins": [one for one in logins if one.organization == organization]}
        for organization in store.where("_organization")
    ]
    return page.render(request, "consent_login.html", partner=asked.partner, asked=asked.given, groups=groups)


def _ask(store: Store, request: Request, asked: Asked, login: Login) -> Response:
    address = urlsplit(asked.given["redirect_uri"])
    return page.render(
        request,
        "consent.html",
        # The form's answer is a redirect to the partner, which browsers count as part of sending it.
        forms_to=f"{address.scheme}://{address.netloc}",
        partner=asked.partner,
        asked=asked.given,
        login=login,
        wanted=_in_words(asked.scopes),
        another=f"/authorize?{urlencode(asked.given)}",
        host=address.netloc,
    )


def _in_words(scopes: list[str]) -> list[tuple[str, str]]:
    """Group `harvest:notes:list harvest:notes:create` as notes: read, add."""
    grouped: dict[str, list[str]] = {}
    for _, resource, verb in sorted(scope.split(":") for scope in scopes):
        grouped.setdefault(resource, []).append(_VERBS.get(verb, verb.replace("_", " ")))
    return [
        (resource.replace("_", " ").capitalize(), ", ".join(sorted(verbs, key=_read_first)))
        for resource, verbs in grouped.items()
    ]


def _decide(world: World, request: Request, asked: Asked, login: Login | None) -> Response:
    if request.form.get("decision") == "deny":
        return _lead(asked.back(error="access_denied"))
    if request.form.get("decision") != "authorize" or login is None:
        raise Refusal(400, {"message": "Choose who you are and whether you authorize the access"})
    user = login.user
    if request.form.get("service_account"):
        if not user["site_admin"]:
            raise Refusal(403, {"message": "Only a Site Admin can authorize with a service account"})
        user = world.store.table("users").records[asked.credential["service_user_id"]]
    code = consents.allow(
        world.store,
        world.switches,
        credential=asked.credential,
        organization_id=int(login.organization["id"]),
        user=user,
        scopes=asked.scopes,
        redirect_uri=asked.given["redirect_uri"],
    )
    return _lead(asked.back(code=code))


def _lead(address: str) -> Response:
    return Response(302, b"", "text/html; charset=utf-8", {"Location": address, "Cache-Control": "no-store"})
