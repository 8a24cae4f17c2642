"""The account: organization, users, offices, departments, boards and the pick lists."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.clock import stamp
from sandbox.exchange import Record
from sandbox.store import Store

START = datetime(2025, 2, 3, 9, 0, tzinfo=UTC)

HOME = "Lumen Robotics"

# (first name, last name, job title, primary e-mail, Site Admin, deactivated)
_USERS = (
    ("Maya", "Okafor", "Head of Talent", "admin@example.com", True, False),
    ("Jonas", "Richter", "Recruiter", "recruiter@example.com", False, False),
    ("Elena", "Petrova", "People Operations Lead", "former@example.com", True, True),
    ("Tomás", "Herrera", "VP Engineering", "tomas@lumen-robotics.example", False, False),
    ("Aiko", "Lindqvist", "Head of Hardware", "aiko@lumen-robotics.example", False, False),
    ("Priya", "Raman", "Chief Product Officer", "priya@lumen-robotics.example", False, False),
    ("Luca", "Moretti", "VP Sales", "luca@lumen-robotics.example", False, False),
    ("Hannah", "Fischer", "Talent Partner", "hannah@lumen-robotics.example", True, False),
)
# (name, location, parent)
_OFFICES = (
    ("Europe", None, None),
    ("North America", None, None),
    ("Berlin", "Berlin, Germany", "Europe"),
    ("Zurich", "Zurich, Switzerland", "Europe"),
    ("Rotterdam", "Rotterdam, Netherlands", "Europe"),
    ("Leipzig Plant", "Leipzig, Germany", "Europe"),
    ("Pittsburgh", "Pittsburgh, PA, United States", "North America"),
)
# (name, parent)
_DEPARTMENTS = (
    ("Engineering", None),
    ("Autonomy", "Engineering"),
    ("Perception", "Autonomy"),
    ("Motion", "Autonomy"),
    ("Cloud", "Engineering"),
    ("Quality", "Engineering"),
    ("Hardware", None),
    ("Mechanical", "Hardware"),
    ("Electronics", "Hardware"),
    ("Manufacturing", "Hardware"),
    ("Product & Design", None),
    ("Operations", None),
    ("Deployment", "Operations"),
    ("Commercial", None),
    ("Sales", "Commercial"),
    ("Marketing", "Commercial"),
    ("People & Finance", None),
)
# (company name, url token, internal, status)
_BOARDS = (
    ("Lumen Robotics", "lumenrobotics", False, "live"),
    ("Lumen Robotics (internal)", "lumenroboticsinternal", True, "live"),
    ("Lumen Robotics Campus", "lumenroboticscampus", False, "draft"),
)
_CUSTOM_LOCATIONS = (
    ("Remote, Europe", True),
    ("Remote, United States", True),
    ("Hybrid, Berlin", True),
    ("Customer sites, Benelux", True),
    ("Stuttgart lab (closed)", False),
)
_SOURCES = (
    ("Purpose Jobs", 2, "Third-party boards"),
    ("LinkedIn", 3, "Social media"),
    ("Indeed", 2, "Third-party boards"),
    ("Referral", 4, "Referrals"),
    ("Jobs page on your website", 1, "Company marketing"),
    ("University career fair", 5, "In-person events"),
    ("Hired by an agency", 6, "Agencies"),
    ("Other", 7, "Other"),
)
_REASONS = (
    ("Lacks the skills for this role", "WE_REJECTED_THEM", False),
    ("Another candidate was stronger", "WE_REJECTED_THEM", False),
    ("No right to work at the location", "WE_REJECTED_THEM", False),
    ("Position was filled", "NONE_SPECIFIED", False),
    ("Withdrew: accepted another offer", "THEY_REJECTED_US", False),
    ("Withdrew: compensation", "THEY_REJECTED_US", False),
    ("Candidate stopped answering", "THEY_REJECTED_US", True),
    ("Spam", "SECURITY_CONCERN", True),
)
_REASON_TYPES = {
    "WE_REJECTED_THEM": (1, "We rejected them"),
    "THEY_REJECTED_US": (2, "They rejected us"),
    "NONE_SPECIFIED": (3, "None specified"),
    "SECURITY_CONCERN": (4, "Security concern"),
}
# (applies to, key, name, kind, options)
_CUSTOM_FIELDS = (
    (
        "job",
        "employment_type",
        "Employment Type",
        "single_select",
        ("Full-time", "Part-time", "Contract", "Internship"),
    ),
    ("job", "workplace_type", "Workplace Type", "single_select", ("On-site", "Hybrid", "Remote")),
    ("candidate", "seniority", "Seniority", "single_select", ("Junior", "Mid", "Senior", "Lead")),
    ("candidate", "notice_period", "Notice Period", "short_text", ()),
    ("candidate", "profile_link", "Profile Link", "url", ()),
    ("application", "salary_expectation", "Salary Expectation", "currency", ()),
    ("application", "open_to_relocation", "Open to Relocation", "yes_no", ()),
    ("rejection_question", "keep_in_touch", "Keep in touch?", "yes_no", ()),
)

# kind in the data file -> (title, blurb)
PAY_INPUTS = {
    "pay": ("Annual salary range", "The range we expect to pay. Equity and benefits come on top."),
    "hourly": ("Hourly rate", "Before tax, for every hour you work."),
    "bonus": ("Annual bonus", "When the team meets its plan."),
}

_PLAIN_FIELD: Record = {
    "private": False,
    "required": False,
    "require_approval": False,
    "trigger_new_version": False,
    "active": True,
    "internal_type": None,
    "placeholder": None,
    "description": None,
    "api_only": False,
    "use_for_job_approvals": False,
    "use_for_offer_approvals": False,
    "template_token_string": None,
    "default_value": None,
    "updated_by_id": None,
}


def planted(store: Store, name: str, /, *, days: float = 0, **values: Any) -> Record:
    """Add a record dated `days` after the account was opened, the same on every run."""
    at = stamp(START + timedelta(days=days))
    return store.add(name, **({"created_at": at, "updated_at": at} | values))


def plant(store: Store) -> None:
    """Plant the account."""
    planted(store, "_organization", name=HOME)
    _plant_places(store)
    _plant_boards(store)
    _plant_users(store)
    _plant_lists(store)
    _plant_custom_fields(store)
    _plant_pools(store)


def _plant_places(store: Store) -> None:
    for name, location, parent in _OFFICES:
        planted(
            store,
            "offices",
            name=name,
            location=location,
            primary_in_house_contact_user_id=None,
            parent_id=parent and named(store, "offices", parent),
            external_id=name.lower().replace(" ", "-"),
        )
    for name, parent in _DEPARTMENTS:
        parent_id = parent and named(store, "departments", parent)
        planted(store, "departments", name=name, parent_id=parent_id, external_id=None)


def _plant_boards(store: Store) -> None:
    for name, url_token, internal, status in _BOARDS:
        planted(
            store,
            "job_boards",
            company_name=name,
            url_token=url_token,
            internal=internal,
            status=status,
            about=None,
            introduction="<p>We build robots that take the heavy lifting out of warehouses.</p>",
            conclusion=None,
        )
    board = store.table("job_boards").order[0]
    for value, active in _CUSTOM_LOCATIONS:
        planted(store, "job_board_custom_locations", value=value, active=active, greenhouse_job_board_id=board)


def named(store: Store, collection: str, name: str) -> int:
    """Return the id of the record with this name."""
    record = store.first(collection, name=name)
    if record is None:
        raise LookupError(f"the seed names no {collection} called {name}")
    return int(record["id"])


def plant_user(store: Store, first: str, last: str, title: str | None, email: str, **values: Any) -> Record:
    user = planted(
        store,
        "users",
        first_name=first,
        last_name=last,
        name=f"{first} {last}".strip(),
        primary_email=email,
        emails=[email] if email else [],
        job_title=title,
        employee_id=None,
        agency_id=None,
        linked_candidate_ids=[],
        office_ids=[],
        department_ids=[],
        interviewer_tags=[],
        custom_fields={},
        **({"deactivated": False, "site_admin": False, "_service_account": False} | values),
    )
    if email:
        _user_email(store, user["id"], email)
        planted(store, "referrers", name=user["name"], user_id=user["id"])
    return user


def _user_email(store: Store, user_id: int, email: str) -> None:
    planted(store, "user_emails", user_id=user_id, email=email, verified=True, verification_token_sent_at=None)


def _plant_users(store: Store) -> None:
    for first, last, title, email, site_admin, deactivated in _USERS:
        user = plant_user(store, first, last, title, email, site_admin=site_admin, deactivated=deactivated)
        if email == "admin@example.com":
            second = "maya@lumen-robotics.example"
            _user_email(store, user["id"], second)
            store.change("users", user["id"], touch=False, emails=[email, second])


def _plant_lists(store: Store) -> None:
    for name, type_id, type_name in _SOURCES:
        planted(store, "sources", name=name, type={"id": type_id, "name": type_name})
    for name, key, default in _REASONS:
        type_id, type_name = _REASON_TYPES[key]
        kind = {"id": type_id, "key": key, "name": type_name}
        planted(store, "rejection_reasons", name=name, type=kind, _default=default)
    for name in ("Hire: new headcount", "Hire: backfill", "Position cancelled"):
        planted(store, "close_reasons", name=name)
    for name in ("Robotics", "Relocates", "Purpose Jobs"):
        planted(store, "candidate_tags", name=name)
    for order, (title, blurb) in enumerate(PAY_INPUTS.values()):
        values: Record = {"title": title, "blurb": blurb, "priority": order, "locked": False}
        planted(store, "pay_inputs", **values, linked_custom_field_id=None)


def _plant_custom_fields(store: Store) -> None:
    for order, (field_type, key, name, kind, options) in enumerate(_CUSTOM_FIELDS):
        field = planted(
            store,
            "custom_fields",
            **_PLAIN_FIELD,
            field_type=field_type,
            name=name,
            name_key=key,
            value_type=kind,
            sort_order=order,
            expose_in_job_board_api=field_type == "job",
            application_type="all_applications" if field_type == "application" else None,
        )
        for place, option in enumerate(options):
            planted(
                store,
                "custom_field_options",
                custom_field_id=field["id"],
                name=option,
                external_id=None,
                sort_order=place,
                active=True,
            )


def _plant_pools(store: Store) -> None:
    pool = planted(
        store,
        "prospect_pools",
        name="Robotics talent",
        active=True,
        description="People to talk to when the next team opens",
        department_ids=[],
        office_ids=[],
        job_ids=[],
    )
    for order, name in enumerate(("Not contacted", "Contacted", "In conversation", "Not now")):
        planted(store, "prospect_pool_stages", prospect_pool_id=pool["id"], name=name, sort_order=order)
