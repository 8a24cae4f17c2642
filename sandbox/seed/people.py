"""Candidates who were there before anybody connected anything."""

from datetime import timedelta
from typing import NamedTuple

from sandbox import hiring
from sandbox.clock import stamp
from sandbox.exchange import Record
from sandbox.people import create, touch
from sandbox.seed.company import START, named, planted
from sandbox.store import Store
from sandbox.switches import Switches


class Person(NamedTuple):
    first: str
    last: str
    company: str
    title: str
    job: str
    source: str
    steps: int  # stages passed since Application Review
    ending: str = ""  # a rejection reason, or "hired"
    note: str = ""
    tags: tuple[str, ...] = ()


_PEOPLE = (
    Person("Ada", "Nkemelu", "Bosch", "Software Engineer", "Senior Robotics Software Engineer", "LinkedIn", 3,
           note="Strong on real-time. Wants to know how we test on hardware.", tags=("Robotics",)),
    Person("Piotr", "Zielinski", "ETH Zurich", "Research Assistant", "Perception Engineer", "Referral", 1),
    Person("Camille", "Durand", "Doctolib", "Staff Engineer", "Staff Backend Engineer, Fleet Cloud",
           "Jobs page on your website", 6, note="References called, all three very positive."),
    Person("Noah", "Schmitz", "Kuka", "Commissioning Engineer", "Field Deployment Engineer", "Indeed", 2,
           tags=("Relocates",)),
    Person("Ines", "Carvalho", "Siemens", "Design Engineer", "Mechanical Design Engineer", "LinkedIn", 1,
           "Another candidate was stronger"),
    Person("Samir", "Haddad", "Zalando", "Product Manager", "Product Manager, Fleet", "Referral", 4,
           "Withdrew: accepted another offer"),
    Person("Grace", "Whitfield", "Honeywell", "Support Engineer", "Customer Support Engineer", "Other", 5,
           "hired"),
    Person("Yuki", "Tanabe", "TU Berlin", "Student", "Working Student, Finance", "University career fair", 0),
)  # fmt: skip


def plant(store: Store) -> None:
    """Plant the candidates, each with one application, and one prospect who is on no job yet."""
    try:
        for number, person in enumerate(_PEOPLE):
            _plant_person(store, person, days=560 + number * 3.1)
        _plant_prospect(store, days=590)
    finally:
        store.now = stamp


def _set_date(store: Store, days: float) -> None:
    at = stamp(START + timedelta(days=days))
    store.now = lambda: at


def _plant_person(store: Store, person: Person, days: float) -> None:
    _set_date(store, days)
    email = f"{person.first}.{person.last}@people.example".lower()
    candidate = create(
        store,
        {
            "first_name": person.first,
            "last_name": person.last,
            "company": person.company,
            "title": person.title,
            "email_addresses": [{"value": email, "type": "personal"}],
            "tags": list(person.tags),
        },
    )
    values = {
        "candidate_id": candidate["id"],
        "job_id": named(store, "jobs", person.job),
        "source_id": named(store, "sources", person.source),
    }
    application = hiring.create_for_job(store, values)
    _attach_resume(store, person, application)
    _walk(store, person, application, days)
    touch(store, candidate["id"])


def _walk(store: Store, person: Person, application: Record, days: float) -> None:
    """Take the application through its stages and to its end."""
    recruiter = store.first("users", primary_email="recruiter@example.com")
    by_user_id = recruiter["id"] if recruiter else None
    for step in range(person.steps):
        _set_date(store, days + 1 + step)
        stage_id = application["job_interview_stage_id"]
        application = hiring.move(store, application, from_stage_id=stage_id, switches=Switches())
    if person.note:
        hiring.add_note(store, application, user_id=by_user_id, body=person.note, visibility="publicly_visible")
    if person.ending == "hired":
        opening = store.where("openings", job_id=application["job_id"], open=True)[0]
        hiring.hire(store, application, opening_id=opening["id"])
    elif person.ending:
        reason = named(store, "rejection_reasons", person.ending)
        hiring.reject(store, application, reason_id=reason, by_user_id=by_user_id)


def _attach_resume(store: Store, person: Person, application: Record) -> None:
    text = f"{person.first} {person.last}\n\n{person.title}, {person.company}\n".encode()
    attachment = store.add(
        "attachments",
        application_id=application["id"],
        candidate_id=application["candidate_id"],
        type="resume",
        filename=f"{person.first}-{person.last}.txt",
        visibility="public",
        url="",
        _bytes=len(text),
    )
    store.put_blob(attachment["id"], text)


def _plant_prospect(store: Store, days: float) -> None:
    _set_date(store, days)
    candidate = create(
        store,
        {
            "first_name": "Olu",
            "last_name": "Adeyemi",
            "company": "Ocado Technology",
            "title": "Robotics Lead",
            "email_addresses": [{"value": "olu.adeyemi@people.example", "type": "work"}],
        },
    )
    pool = store.table("prospect_pools").order[0]
    stage = store.where("prospect_pool_stages", prospect_pool_id=pool)[1]
    hiring.create_prospect(
        store,
        {"candidate_id": candidate["id"], "source_id": named(store, "sources", "LinkedIn")},
        {"pool_id": pool, "pool_stage_id": stage["id"]},
    )
    planted(store, "referrers", days=days, name="A friend of the founders", user_id=None)
