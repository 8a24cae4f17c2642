"""Is the process up, and can it do its work?"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis.exceptions import RedisError

PULSE = "health:pulse"
SILENT_AFTER = timedelta(minutes=2)


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process serves requests."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database and the broker answer, else 503 with what does not.

    Whether worker and beat are at work is told beside it: pages are served without them, so it is no reason for 503.
    """
    checks = {"database": _database_answers(), "broker": _broker_answers()}
    is_ready = all(checks.values())
    return JsonResponse(checks | {"background": _works_in_background()}, status=200 if is_ready else 503)


def note_pulse() -> None:
    """Note that beat asked, and a worker answered. Repeat: harmless."""
    cache.set(PULSE, timezone.now(), int(SILENT_AFTER.total_seconds()))


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        cache.set("readyz", settings.BASE_URL, 10)
    except (RedisError, OSError):
        return False
    return True


def _works_in_background() -> bool:
    try:
        pulse: datetime | None = cache.get(PULSE)
    except (RedisError, OSError):
        return False
    return pulse is not None and pulse > timezone.now() - SILENT_AFTER
