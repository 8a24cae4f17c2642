"""One log format for web, worker and beat: JSON lines in production, readable lines in development."""

import logging
import re
from typing import Any

import structlog

from purposejobs.body_limit import WEBHOOKS

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
]
# Below these levels they write out whole addresses, statements and page contexts, with people in them.
_NEVER_BELOW = {
    "urllib3": {"level": "WARNING"},
    "django.template": {"level": "INFO"},
    "django.db.backends": {"level": "INFO"},
}

# The key in these addresses is all that somebody needs to send us rubbish, to stop a candidate's letters, to choose a
# new password for somebody, or to share a person once more; and Django logs the address of every refusal.
_KEYED = (WEBHOOKS, "/unsubscribe/", "/accounts/password/reset/key/", "/accounts/confirm-email/", "/c/")
_KEY = re.compile(rf"({'|'.join(map(re.escape, _KEYED[:-1]))}|(?<!\w)/c/)[^\s\"]+")
_LOGS_ADDRESSES = ("django.request", "django.security.csrf", "django.server")


class CutsKeys(logging.Filter):
    """Take the key out of every address that a record would write out."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _without_key(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_without_key(value) for value in record.args)
        return True


def _without_key(value: Any) -> Any:
    return _KEY.sub(r"\1…", value) if isinstance(value, str) else value


def quiet_path(path: str) -> str:
    """Return the path of an address without the key that it may hold."""
    return next((f"{begin}…" for begin in _KEYED if path.startswith(begin)), path)


def logging_config(*, debug: bool, level: str) -> dict[str, Any]:
    """Configure structlog and return the `LOGGING` dictionary that goes with it."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Tracebacks plainly: the richer ones print the values of variables, and those are secrets and candidates' words.
    plain = structlog.dev.plain_traceback
    in_words: list[Any] = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    in_json: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *(in_words if debug else in_json),
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "filters": {"cuts_keys": {"()": CutsKeys}},
        # On the handler for the children of django.security, which a filter of their parent would not see; on the
        # loggers for Django's own handlers.
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["cuts_keys"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {**_NEVER_BELOW, **{name: {"filters": ["cuts_keys"]} for name in _LOGS_ADDRESSES}},
    }
