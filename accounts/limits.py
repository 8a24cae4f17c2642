"""How much one network address may do in an hour on the pages that need no log-in."""

import ipaddress
import logging

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
HOUR_SECONDS = 3600


def is_allowed(request: HttpRequest, *, what: str, per_hour: int) -> bool:
    """Count one more try and tell whether it is still within the limit.

    Without a cache, or without an address, everything is allowed: a lost application is worse
    than a repeated one.
    """
    network = _network_of(request)
    if network is None:
        return True
    key = f"limit:{what}:{network}"
    try:
        cache.add(key, 0, HOUR_SECONDS)
        return cache.incr(key) <= per_hour
    except ValueError:  # the hour ended between the two calls
        return True
    except (RedisError, OSError):
        logger.warning("The cache does not answer; %s is not limited for now.", what)
        return True


def _network_of(request: HttpRequest) -> str | None:
    try:
        # Knows about proxies by ALLAUTH_TRUSTED_PROXY_COUNT, as the log-in limits do.
        address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured, ValueError):
        return None
    # One household or one server owns a whole /64 of IPv6 addresses.
    prefix = 64 if address.version == 6 else 32
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))
