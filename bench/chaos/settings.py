"""The program's own settings with its waits made shorter, in the same order: a run is minutes, not an afternoon."""

from purposejobs.settings import *  # noqa: F403

# As in production: soft limit < hard limit < lease (a quarter more than the hard limit) < visibility timeout.
CELERY_TASK_SOFT_TIME_LIMIT = 14
CELERY_TASK_TIME_LIMIT = 16
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 24,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
GREENHOUSE_SETTLE_SECONDS = 4  # longer than any request of a run is under way
CELERY_BEAT_SCHEDULE["wake-due-exports"] = {  # noqa: F405
    "task": "integrations.tasks.wake_due_exports",
    "schedule": 1.0,
    "options": {"expires": 1},
}
