"""Three hundred people of the network, in the format of the import. Nobody real: every address is a reserved one."""

import csv
from pathlib import Path

from candidates.importing.columns import person_of
from candidates.making.person import Person

_FILE = Path(__file__).with_name("network.csv")


def network() -> list[Person]:
    """Return them all. Raises: ValueError, naming line and column, where the file was edited into something wrong."""
    people = []
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            person, problems = person_of(row)
            if person is None:
                raise ValueError(f"{_FILE.name}, line {rows.line_num}: {problems}")
            people.append(person)
    return people
