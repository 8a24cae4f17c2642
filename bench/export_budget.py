"""Send 500 new people with a résumé through the rate limit, by four processes at once, as fast as it lets them."""

import statistics
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from bench.budget import LIMIT, MIN_USED, WINDOW_SECONDS, WORKERS, greenhouse, processes, run_all
from bench.chaos.people import apply, connect_job
from bench.chaos.plan import Before, Person
from bench.meters import machine
from integrations.greenhouse import export
from integrations.models import Connection, Export, ExportState

EXPORTS, RESUME_BYTES = 500, 200_000
MOST_REQUESTS = 5  # for somebody new with a résumé and a note
_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True)
class Figures:
    """Shape: `windows` counts the requests of each full window. Units: seconds by the clock."""

    exports: int
    sent: int
    statuses: Counter[int]
    windows: tuple[int, ...]
    seconds: float

    @property
    def used(self) -> float:
        return sum(self.windows) / (LIMIT * len(self.windows)) if self.windows else 0.0

    @property
    def requests_each(self) -> float:
        return sum(self.statuses.values()) / self.exports

    def failures(self) -> list[str]:
        """Say in a sentence each what is not as promised."""
        sentences = []
        if self.used < MIN_USED:
            sentences.append(f"{self.used:.1%} of the budget was used; at least {MIN_USED:.0%} is promised.")
        if self.statuses[429]:
            sentences.append(f"Greenhouse answered 429 {self.statuses[429]} times; never is promised.")
        if self.requests_each > MOST_REQUESTS:
            sentences.append(f"An export took {self.requests_each:.2f} requests; at most {MOST_REQUESTS} is promised.")
        if self.sent != self.exports:
            sentences.append(f"{self.exports - self.sent} of {self.exports} exports were not sent.")
        return sentences

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        answers = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        middle = statistics.median(self.windows) if self.windows else 0
        return [
            f"answers     {answers} in {self.seconds:.1f} s, {WORKERS} processes ({machine()})",
            f"requests    {self.requests_each:.2f} an export; at most {MOST_REQUESTS} is promised",
            f"budget      {self.used:.1%} used of {len(self.windows)} full windows of {LIMIT}; at least {MIN_USED:.0%} "
            f"is promised; {middle:.0f} in the middle one",
        ]


def run() -> list[str]:
    """Measure, print, and return what is not as promised."""
    figures = measure(exports=EXPORTS)
    print("\n".join(figures.lines()))
    return figures.failures()


def measure(*, exports: int) -> Figures:
    """Let so many apply, then let four processes send them. Effects: rows and files, taken away again."""
    with greenhouse(1) as (sandbox, ids):
        sandbox.switches(rate_limit=LIMIT, rate_window_seconds=WINDOW_SECONDS)
        sandbox.seed(jobs=1)
        connection = Connection.objects.select_related("employer").get(pk=ids[0])
        job = connect_job(connection, str(sandbox.records("jobs", status="open", is_template=False)[0]["id"]))
        try:
            for number in range(exports):
                apply(Person(number, "Ada", (0,), Before.NOTHING, RESUME_BYTES, ()), [job], seed=0)
            started = time.monotonic()
            run_all([processes.Process(target=_send_all) for _ in range(WORKERS)])
            seconds = time.monotonic() - started
            sent = Export.objects.filter(state=ExportState.SENT).count()
        finally:
            Export.objects.filter(connection=connection).delete()
            job.delete()
        asked = sandbox.requests(path="/v3")
    numbers = Counter(int(datetime.fromisoformat(row["at"]).timestamp()) // WINDOW_SECONDS for row in asked)
    full = range(min(numbers) + 1, max(numbers))  # the first and the last are cut off
    windows = tuple(numbers[number] for number in full)
    return Figures(exports, sent, Counter(row["status"] for row in asked), windows, seconds)


def _send_all() -> None:
    """Send whatever is due until nothing is left, as a worker does that is woken for each."""
    while Export.objects.exclude(state__in=(ExportState.SENT, ExportState.NEEDS_ATTENTION)).exists():
        due = Export.objects.due(timezone.now()).order_by("?").values_list("pk", flat=True).first()
        if due is None:
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            export.run(due)
