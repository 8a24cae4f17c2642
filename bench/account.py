"""A Greenhouse account with as many live posts as asked for, in a sandbox that runs as its own process."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox import seed
from sandbox.context import World
from sandbox.seed.company import planted
from sandbox.seed.jobs import plant_location
from sandbox.store import Store
from tests.sandbox_process import SandboxProcess

# Places as the seed writes them, all three kinds, and what a candidate should read.
_PLACES = (
    ("text: Berlin, Germany", "Berlin, Germany"),
    ("office: Zurich", "Zurich, Switzerland"),
    ("list: Remote, Europe", "Remote, Europe"),
    ("office: Pittsburgh", "Pittsburgh, PA, United States"),
    ("text: Lyon, France", "Lyon, France"),
    ("list: Hybrid, Berlin", "Hybrid, Berlin"),
    ("text: Austin, TX", "Austin, TX"),
)
_SECOND_PLACE_EVERY = 8

_SENTENCES = (
    "You own a part of the product from the first sketch to the thousandth robot in the field.",
    "We write decisions down, so that the next person need not guess why a thing is as it is.",
    "Two days a quarter you stand in a customer&#39;s warehouse and watch what the logs do not show.",
    "Our teams are small: six engineers, one designer and somebody who talks to customers every day.",
    "Safety comes before speed, speed before elegance, and elegance before the next feature.",
    "Most of what you build runs on a robot&nbsp;that nobody can reach with a keyboard for weeks.",
    "You will work with operations &amp; support, who know more about our customers than any report.",
    "We release every second week and can take any release back within four minutes.",
    "Experience in a regulated industry helps, though curiosity about one is enough.",
    "You are as comfortable with a soldering iron as with a spreadsheet, or willing to become so.",
    "We measure before we optimise, and we throw away what the measurement does not support.",
    "Working hours fit around families and trains; meetings happen between ten and four.",
    "A fleet of 1,400 machines at 60 sites makes rare faults a daily event, which we find interesting.",
    "You explain hard things plainly, in writing, in English; German or Dutch is a welcome extra.",
)
_HEADINGS = ("About the role", "What you will do", "What you bring", "What we offer", "How we hire")


@dataclass(frozen=True)
class Account:
    """A running sandbox, and what each of its posts should show, by Greenhouse's id: its places, its least pay."""

    sandbox: SandboxProcess
    shown: Mapping[str, tuple[frozenset[str], int]]


@contextmanager
def account(folder: Path, *, posts: int, latency_ms: int) -> Iterator[Account]:
    """Run a Greenhouse that has exactly this many live posts and answers that slowly.

    Effects: a data file in `folder`, and a process that ends with the block.
    """
    data = folder / f"greenhouse-{posts}.sqlite3"
    shown = _plant(data, posts)
    with SandboxProcess(data=data, seed="empty", latency_ms=latency_ms) as sandbox:
        sandbox.switches(rate_limit=0)  # what is measured here is work; waiting for the window is in `budget`
        yield Account(sandbox, shown)


def _plant(data: Path, posts: int) -> dict[str, tuple[frozenset[str], int]]:
    """Write the data file before its process starts: a thousand calls would take longer than the benchmark."""
    world = World(Store(str(data)), seed_name="empty")
    store = world.store
    seed.fill_if_new(world)
    seed.add_generated(world, posts=posts)
    shown = {}
    with store.unit():
        for collection in ("job_post_locations", "pay_input_ranges"):
            for row in list(store.all(collection)):
                store.remove(collection, row["id"])
        for number, post in enumerate(list(store.all("job_posts"))):
            store.change("job_posts", post["id"], touch=False, content=post_text(number))
            shown[str(post["id"])] = _plant_places(store, post["id"], number), _plant_pay(store, post["id"], number)
    store.close()
    return shown


def _plant_places(store: Store, post_id: int, number: int) -> frozenset[str]:
    chosen = [_PLACES[number % len(_PLACES)]]
    if number % _SECOND_PLACE_EVERY == 0:
        chosen.append(_PLACES[(number + 3) % len(_PLACES)])
    for written, _ in chosen:
        plant_location(store, post_id, written, 601)
    return frozenset(shown for _, shown in chosen)


def _plant_pay(store: Store, post_id: int, number: int) -> int:
    least = 4_000_000 + 100_000 * (number % 50)
    pay_input = store.table("pay_inputs").order[0]
    cents = {"min_cents": least, "max_cents": 2 * least}
    planted(store, "pay_input_ranges", pay_input_id=pay_input, job_post_id=post_id, currency_type="EUR", **cents)
    return least


def post_text(number: int) -> str:
    """Return an advertisement of about 4 KB, with the mark-up that people paste in; the same on every run."""
    dice = random.Random(number)
    parts = []
    for heading in _HEADINGS:
        parts.append(f"<h2><strong>{heading}</strong></h2>")
        parts.append(f'<p><span style="font-weight: 400;">{" ".join(dice.sample(_SENTENCES, 3))}</span></p>')
        items = "".join(f'<li dir="ltr">{sentence}</li>' for sentence in dice.sample(_SENTENCES, 4))
        parts.append(f"<ul>\n{items}\n</ul>")
    parts.append('<p>More about us: <a href="https://lumen-robotics.example/about" target="_blank">who we are</a>.</p>')
    return "\n".join(parts)
