"""Start the sandbox: `python -m sandbox --port 8001 --data var/sandbox.sqlite3`."""

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox import seed
from sandbox.app import Sandbox
from sandbox.context import World
from sandbox.server import make_server
from sandbox.store import Store
from sandbox.switches import changed
from sandbox.webhooks.courier import Courier


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A stand-in for Greenhouse.")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="the file all state is kept in")
    parser.add_argument("--latency-ms", type=int, default=None, help="wait before every API answer")
    parser.add_argument("--seed", choices=seed.NAMES, default="demo", help="what a new file is filled with")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    arguments.data.parent.mkdir(parents=True, exist_ok=True)
    world = World(Store(str(arguments.data)), seed_name=arguments.seed)
    seed.fill_if_new(world)
    world.load_switches()
    if arguments.latency_ms is not None:
        world.switches = changed(world.switches, {"latency_ms": arguments.latency_ms})
    try:
        server = make_server(Sandbox(world), arguments.host, arguments.port)
    except OSError as error:
        print(f"Greenhouse sandbox: cannot listen on port {arguments.port}: {error.strerror}", file=sys.stderr)
        return 1
    world.store.address = f"http://{arguments.host}:{server.server_address[1]}"
    courier = Courier(world)
    courier.start()
    stop = threading.Event()

    def ask_to_stop(_: int, __: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    print(f"Greenhouse sandbox listening on http://{arguments.host}:{server.server_address[1]}", flush=True)
    stop.wait()
    courier.stop()
    server.shutdown()
    server.server_close()
    world.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
