"""One log format for web, worker and beat: JSON lines in production, readable lines in development."""

from typing import Any

import structlog

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
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": dict(_NEVER_BELOW),
    }
