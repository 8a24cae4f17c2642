"""The credentials of the account, and of a second organization that must not be taken for it."""

from typing import NamedTuple

from sandbox.exchange import Record
from sandbox.routes import ALL_SCOPES, CUSTOMER_SCOPES
from sandbox.seed.company import HOME, plant_user, planted
from sandbox.store import Store

OTHER_HOME = "Other Org"

CLIENT = ("demo-client-4", "demo-secret-0123456789abcdef")
LIMITED = ("limited-client-5", "limited-secret-0123456789abcdef")
OTHER = ("other-client-6", "other-secret-0123456789abcdef")
PARTNER = ("partner-client-9", "partner-secret-0123456789abcdef")
API_KEY = "demo-api-key-0123456789abcdef"

_WITHOUT_CREATE = tuple(scope for scope in CUSTOMER_SCOPES if scope != "harvest:candidates:create")


class Planned(NamedTuple):
    name: str
    kind: str  # oauth: a customer's own; api_key: an old key; partner: a vendor's, for many customers
    client_id: str
    secret: str
    scopes: tuple[str, ...] = CUSTOMER_SCOPES
    organization: str = HOME


_CREDENTIALS = (
    Planned("Purpose Jobs", "oauth", *CLIENT),
    Planned("Purpose Jobs (may not create candidates)", "oauth", *LIMITED, _WITHOUT_CREATE),
    Planned("Purpose Jobs API key", "api_key", "", API_KEY),
    Planned("Purpose Jobs (another organization)", "oauth", *OTHER, CUSTOMER_SCOPES, OTHER_HOME),
    Planned("Purpose Jobs (partner)", "partner", *PARTNER, ALL_SCOPES),
)
# What a data file written before these existed lacks.
_LATER_FIELDS: Record = {"old_secrets": [], "redirect_uris": []}


def plant(store: Store) -> None:
    """Plant every credential that is not there.

    Repeat: those that are there keep what was changed about them.
    """
    if store.first("_organization", name=OTHER_HOME) is None:
        planted(store, "_organization", name=OTHER_HOME)
    for planned in _CREDENTIALS:
        found = store.first("_credentials", kind=planned.kind, client_id=planned.client_id)
        if found is None:
            add(store, planned)
            continue
        expected = _LATER_FIELDS | {"organization_id": _organization_id(store, planned.organization)}
        missing = {name: value for name, value in expected.items() if name not in found}
        if missing:
            store.change("_credentials", found["id"], touch=False, **missing)


def add(store: Store, planned: Planned) -> Record:
    """Add one credential and the service user that acts where nobody is named."""
    service_user = plant_user(
        store, "Integration Service User", planned.name, None, "", _service_account=True, site_admin=False
    )
    return planted(
        store,
        "_credentials",
        name=planned.name,
        kind=planned.kind,
        client_id=planned.client_id,
        secret=planned.secret,
        scopes=list(planned.scopes),
        revoked=False,
        generation=0,
        service_user_id=service_user["id"],
        organization_id=_organization_id(store, planned.organization),
        **_LATER_FIELDS,
    )


def _organization_id(store: Store, name: str) -> int:
    organization = store.first("_organization", name=name)
    if organization is None:
        raise LookupError(f"there is no organization called {name}")
    return int(organization["id"])
