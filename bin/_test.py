"""Check everything and end with one verdict. Started by bin/test through the bootstrap.

bin/test                everything, on both sets of servers
bin/test --servers      only the tests on PostgreSQL and Redis
bin/test --fast         static checks, and the tests without browser and whole program
bin/test -k export      any other arguments go to pytest, on SQLite and the embedded broker
"""

import os
import signal
import sys
import tempfile
from pathlib import Path

from stack.beside import NOT_RUN
from stack.console import say
from stack.guard import Guard
from stack.verdicts import Verdicts, on_terminate, run_all, run_chosen, run_fast, run_servers


def main(arguments: list[str]) -> int:
    for wanted in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, on_terminate)
    # CI must never be green because something was missing.
    required = bool(os.environ.get("CI") or os.environ.get("REQUIRE_BOTH"))
    try:
        with Guard() as guard:
            # Short and open to enter: it holds sockets, and PostgreSQL runs there as another user.
            folder = Path(tempfile.mkdtemp(prefix="purposejobs-test-", dir="/tmp"))
            folder.chmod(0o711)
            guard.remove_at_end(folder)
            verdicts = Verdicts(guard, folder, required)
            if not arguments:
                run_all(verdicts)
            elif arguments == ["--servers"]:
                run_servers(verdicts)
                return verdicts.conclude() or (NOT_RUN if verdicts.not_run else 0)
            elif arguments == ["--fast"]:
                run_fast(verdicts)
            else:
                run_chosen(verdicts, arguments)
            return verdicts.conclude()
    except KeyboardInterrupt:
        say("\nVerdict: none, the run was stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
