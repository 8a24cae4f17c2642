"""Run the benchmarks: `python -m bench [name ...]`, all of them without a name; `--list` names them."""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from bench.surroundings import program

BENCHMARKS = {
    "import_posts": "import 1,000 live posts at 80 ms latency, against the bare floor",
    "import_many": "import 10,000 live posts beside 1,000",
    "budget": "4 processes on one rate budget, and 200 connections beside each other",
    "export_budget": "send 500 people with a résumé through the rate limit, by 4 processes",
    "pages": "open the pages that list jobs, with 100 jobs and with 10,000: as many queries",
    "search": "search 100,000 people of the network, beside a page with nothing on it",
    "webhook_intake": "take 200 deliveries in turn with 200 requests to an empty view, 21 rounds",
    "sync_unchanged": "sync 1,000 imported posts again with nothing changed: one request a list, no row written",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the program; see bench/README.md.")
    parser.add_argument("names", nargs="*", metavar="name", help="which to run; all without any")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and what each measures")
    arguments = parser.parse_args()
    unknown = sorted({*arguments.names} - {*BENCHMARKS})
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    return arguments


def main() -> int:
    arguments = _arguments()
    if arguments.list:
        print("\n".join(f"{name:16} {about}" for name, about in BENCHMARKS.items()))
        return 0
    failures = []
    with tempfile.TemporaryDirectory(prefix="purposejobs-bench-") as folder, program(Path(folder)) as database:
        for name in arguments.names or BENCHMARKS:
            print(f"{name}: {BENCHMARKS[name]}; {database}", flush=True)
            # Only now: the benchmarks use models, which need the program set up.
            failures += importlib.import_module(f"bench.{name}").run()
            print()
    for sentence in failures:
        print(f"FAILED: {sentence}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
