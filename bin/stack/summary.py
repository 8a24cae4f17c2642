"""The few lines printed when everything answers."""

from stack.config import Config
from stack.console import bold, dim, green, say
from stack.parts import DEMO_CREDENTIALS, DEMO_LOGINS, DEMO_PASSWORD


def print_summary(config: Config, seconds: float) -> None:
    """Say where to go, who to be, and where to look when something is odd."""
    say()
    say(f"  {green('Purpose Jobs is running.')} {dim(f'({seconds:.1f} s)')}")
    say()
    _line("Open", bold(config.base_url))
    _line("Log in as", DEMO_LOGINS)
    _line("Password", DEMO_PASSWORD)
    if config.with_sandbox:
        say()
        _line("Greenhouse", f"{bold(config.sandbox_url)} {dim('(a sandbox that stands in for it)')}")
        for name, value in DEMO_CREDENTIALS.items():
            _line(f"  {name}", value)
    say()
    _line("State, logs", f"{config.var_dir}, {config.logs_dir}")
    _line("E-mails", f"written to {config.logs_dir / 'web.log'} and worker.log unless EMAIL_URL is set")
    say()
    say(f"  {dim('Ctrl-C stops everything; the data stays.')}")
    say()


def _line(label: str, value: str) -> None:
    say(f"  {label:<17}{value}")
