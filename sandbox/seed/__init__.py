"""What a new sandbox is filled with: the account of a startup that builds warehouse robots."""

from sandbox.context import World
from sandbox.seed import bulk, company, credentials, jobs, people
from sandbox.store import Store

NAMES = ("demo", "empty")


def fill_if_new(world: World) -> None:
    """Fill an empty data file.

    Repeat: a file that holds an organization already only gains the credentials it lacks.
    """
    with world.store.unit():
        if world.store.first("_organization") is None:
            _fill(world.store, world.seed_name)
        credentials.plant(world.store)


def reset(world: World) -> None:
    """Forget everything that happened and plant the seed again, with the same ids."""
    with world.store.unit():
        keys = world.store.first("_keys")
        world.store.clear()
        if keys:
            # Tokens survive a reset, so that a test's client need not fetch one for each test.
            world.store.add("_keys", **keys)
        _fill(world.store, world.seed_name)
    world.load_switches()
    world.faults.clear()
    world.chaos.stop()
    world.webhook_trouble.clear()
    world.log.clear()
    world.limiter.clear()


def _fill(store: Store, name: str) -> None:
    """Plant the account itself, and for the demo also its jobs and people."""
    company.plant(store)
    credentials.plant(store)
    if name == "demo":
        jobs.plant(store)
        people.plant(store)


add_generated = bulk.add
