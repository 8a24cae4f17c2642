from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from accounts.limits import is_allowed


@pytest.fixture(autouse=True)
def _no_counts_yet() -> None:
    cache.clear()


def allowed(address: str, what: str = "apply", **headers: str) -> bool:
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=address)
    return is_allowed(request, what=what, per_hour=2)


def test_is_allowed_when_the_limit_is_reached_then_no_more_of_that_kind_from_there() -> None:
    assert [allowed("192.0.2.1") for _ in range(4)] == [True, True, False, False]
    assert allowed("192.0.2.2")
    assert allowed("192.0.2.1", what="keep")


def test_is_allowed_when_addresses_share_an_ipv6_network_then_they_share_the_limit() -> None:
    assert [allowed(f"2001:db8::{last}") for last in "123"] == [True, True, False]
    assert allowed("2001:db8:0:1::1")


def test_is_allowed_when_asked_first_then_the_count_ends_with_the_hour() -> None:
    allowed("192.0.2.1")
    assert 0 < cache._cache.get_client().ttl(cache.make_key("limit:apply:192.0.2.1/32")) <= 3600  # type: ignore[attr-defined]


def test_is_allowed_when_a_header_claims_another_address_then_it_is_not_believed() -> None:
    results = [allowed("192.0.2.1", **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(3)]
    assert results == [True, True, False]


def test_is_allowed_when_a_proxy_is_trusted_then_its_clients_count_apart(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    results = [allowed("192.0.2.1", **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(3)]
    assert results == [True, True, True]


@pytest.mark.parametrize("address", ["", "unix:"])
def test_is_allowed_when_there_is_no_address_then_always(address: str) -> None:
    assert all(allowed(address) for _ in range(4))


def test_is_allowed_when_the_cache_is_down_then_always(settings: Any) -> None:
    down = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nonexistent/s.sock"}
    settings.CACHES = {"default": down}
    assert all(allowed("192.0.2.1") for _ in range(4))
