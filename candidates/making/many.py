"""Makes up a network of any size out of the demo's people, a portion at a time."""

from collections.abc import Iterator
from itertools import islice

from candidates.demo.network import network
from candidates.making.variations import DOMAIN, variations
from candidates.making.writing import Writer
from candidates.models import Candidate

PER_PORTION = 2000


def make(*, count: int, seed: int) -> Iterator[int]:
    """Write so many people, and yield after each portion how many there are.

    Effects: a transaction each portion; memory for one portion. Repeat: as many again, others.
    """
    first = Candidate.objects.filter(email__endswith=f"@{DOMAIN}").count()
    people = variations(network(), count=count, first=first, seed=seed)
    writer, made = Writer(), 0
    while portion := list(islice(people, PER_PORTION)):
        writer.add(portion)
        made += len(portion)
        yield made
