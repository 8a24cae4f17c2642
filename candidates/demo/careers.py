"""Writes a résumé for somebody of the demo's network out of what the profile says, so that the two agree."""

import random
from datetime import date

from candidates.demo.resume import Resume
from candidates.making.person import Person
from candidates.models import Level, TermKind

# What somebody brought about in a post, before the one that they have. Each at most once in a résumé.
_DEEDS = (
    "Took the work over from a founder, and left it with two colleagues and a handbook.",
    "First in the role; hired the next three.",
    "Joined a team of four and saw it grow to fifteen.",
    "Halved the time from a customer's question to an answer that held.",
    "Moved a product that nobody dared touch into the hands of a team that likes it.",
    "Wrote down how it is done; it is still done that way.",
    "Looked after the two largest customers, and learned why the third had left.",
    "Cut what broke by two thirds, mostly by taking parts out.",
    "Worked on site two days a week, with the people who use it.",
    "Shipped every second Thursday for three years, apart from one.",
    "Covered nights and weekends until there was no need to.",
    "Kept it going through a merger, a move and a flood.",
    "Taught eleven newcomers, four of whom taught me something back.",
    "Brought the costs down by a third without anybody noticing.",
    "Ran the pilot with six customers; five of them stayed.",
    "Prepared and passed two audits without a finding.",
)
_FIELDS_OF_STUDY = {
    "Hardware and robotics": "Mechatronics",
    "Data and AI": "Computer Science",
    "Health": "Health Sciences",
    "Climate and energy": "Environmental Engineering",
    "Fintech": "Economics",
    "Logistics": "Industrial Engineering",
    "Education": "Education",
    "Arts and culture": "Design",
    "Developer tools": "Computer Science",
}
_SCHOOLS = (
    *("Elbhang University", "Solent Polytechnic", "Universidad del Faro", "Kaptai Institute of Technology"),
    *("École des Trois Rivières", "Ridgeway State University", "Blue Nile University", "Norddal University"),
)
_MARKS = (
    "With distinction.",
    "Two terms abroad.",
    "Final project with a local firm.",
    "Evening classes, beside a job.",
)
_NO_CITY = {"Anywhere", "Europe"}
_SENIORITY = ("Senior ", "Staff ", "Principal ", "Head of ", "Director of ", "VP ", "Junior ")
_YEARS_A_POST = 5


def resume_of(person: Person, *, employers: list[str], today: date) -> Resume:
    """Write the résumé; the same one each time. Shape: `employers` are names that earlier posts may have been at."""
    chance = random.Random(person.email)  # noqa: S311 - nothing secret hangs on it
    title, years = person.fields["current_title"], person.fields.get("years", 0)
    return Resume(
        headline=title,
        city=_home(person),
        summary=person.fields["summary"],
        posts=tuple(_posts(chance, person, employers, today.year)),
        education=(_education(chance, person, today.year - years),),
        skills=", ".join(person.names[TermKind.SKILL]),
    )


def _posts(chance: random.Random, person: Person, employers: list[str], this_year: int) -> list[tuple[str, str, str]]:
    title, company = person.fields["current_title"], person.fields["current_company"]
    years = person.fields.get("years", 0)
    deeds = chance.sample(_DEEDS, 4)
    before = chance.sample([name for name in employers if name != company], 3)
    skills = person.names[TermKind.SKILL]
    since = this_year - min(years, chance.randint(2, _YEARS_A_POST))
    posts = [(f"{title}, {company}", f"{since} – today", f"{skills[0]}, {skills[1]} and {skills[2]}. {deeds[0]}")]
    began = this_year - years
    for deed, employer in zip(deeds[1:], before, strict=True):
        if since - began < 1:
            break
        until, since = since, max(began, since - chance.randint(2, _YEARS_A_POST))
        posts.append((f"{_before(title)}, {employer}", f"{since} – {until}", deed))
    return posts


def _before(title: str) -> str:
    for word in _SENIORITY:
        title = title.removeprefix(word)
    return title[0].upper() + title[1:]


def _education(chance: random.Random, person: Person, until: int) -> tuple[str, str, str]:
    mark, school = chance.choice(_MARKS), chance.choice(_SCHOOLS)
    title = person.fields["current_title"]
    if "Technician" in title or "Mechanic" in title:
        return (f"Vocational training in mechatronics, {_home(person)}", str(until), mark)
    study = _FIELDS_OF_STUDY.get(person.names[TermKind.INTEREST][0], "Business and Society")
    is_early = person.fields.get("level") in (Level.ENTRY, Level.JUNIOR)
    degree = "BSc" if is_early or chance.random() < 0.4 else "MSc"
    return (f"{degree} {study}, {school}", str(until), mark)


def _home(person: Person) -> str:
    places = person.names[TermKind.LOCATION]
    return "Remote" if places[0] in _NO_CITY else ", ".join(places[:2])
