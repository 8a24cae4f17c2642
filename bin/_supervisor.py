"""Run the whole program until Ctrl-C. Started by bin/run through the bootstrap."""

import os
import sys

from stack.config import Config, read_env_file
from stack.console import Problem, red
from stack.guard import Guard
from stack.paths import ROOT
from stack.state import ensure_keys, only_run
from stack.supervisor import Supervisor


def main() -> int:
    try:
        read_env_file(ROOT / ".env")
        config = Config.from_environment(os.environ)
        with only_run(config.var_dir) as lock_fd, Guard(held_fds=(lock_fd,)) as guard:
            config.logs_dir.mkdir(mode=0o700, exist_ok=True)
            ensure_keys(config.var_dir / "dev.env")
            read_env_file(config.var_dir / "dev.env")
            Supervisor(config, guard).run()
    except Problem as problem:
        print(f"{red('Purpose Jobs cannot start:')} {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the supervisor has put its own handlers in place
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
