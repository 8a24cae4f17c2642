"""One HTTP exchange with Greenhouse, and the error each way it can go wrong becomes.

Nothing else in the project opens a connection to Greenhouse. No exception, log line or representation from
here holds a body, a query, a header or a credential.
"""

from __future__ import annotations

import io
import ipaddress
import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, Protocol
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from integrations.greenhouse import errors, headers

logger = logging.getLogger(__name__)

CONNECT_SECONDS: float = 5
READ_SECONDS: float = 20
USER_AGENT: Final = "PurposeJobs/1.0"

_POOL_SIZE: Final = 8

_REFUSALS: Final = {
    400: "bad_request",
    404: "not_found",
    409: "conflict",
    410: "gone",
    413: "too_large",
    422: "unprocessable",
}
# Answered by something in front of Greenhouse that did not pass the request on.
_NOT_PASSED_ON: Final = frozenset({407, 425})
_FIELD_NAME: Final = re.compile(r"[A-Za-z_][\w.\[\]-]{0,63}")

_NEVER_SENT: Final = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidHeader,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` is the template that errors and logs may show, `url` the real address.

    Shape: `is_write` calls must not be repeated blindly, so what is ambiguous about them is `OutcomeUnknown`.
    """

    method: str
    path: str
    url: str = field(repr=False)
    params: Mapping[str, str] | None = field(default=None, repr=False)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = "application/json"
    read_seconds: float | None = None
    is_write: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that came in full, whatever its status."""

    call: Call
    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)

    def misfit(self, field_name: str = "", *, code: str = "wrong_shape") -> errors.GreenhouseError:
        """Return the error that a reply outside the contract is.

        Shape: UnexpectedReply for a read; OutcomeUnknown for a write, which may well have happened.
        """
        if self.call.is_write:
            return errors.OutcomeUnknown("unreadable_reply", **self.facts())
        return errors.UnexpectedReply(code, field=field_name, **self.facts())

    def facts(self) -> dict[str, Any]:
        """Return what every error about this reply carries."""
        return {
            "path": self.call.path,
            "status": self.status,
            "request_id": headers.request_id(self.headers),
        }


@dataclass(frozen=True, slots=True)
class Spending:
    """What one request did to the rate budget, as far as can be told.

    Shape: `window` is None without an answer that names it, `retry_after_seconds` is set by a 429 alone;
        `is_unknown` where no answer came, so that the request may count all the same, and even later.
    """

    window: headers.RateWindow | None = None
    retry_after_seconds: float | None = None
    is_unknown: bool = False


class Gate(Protocol):
    """What stands between us and a rate limit: every request goes through it, and every outcome comes back."""

    def take(self, call: Call) -> Any:
        """Return the pass for one request. Raises: RateLimited when the budget is spent, without waiting."""

    def give_back(self, ticket: Any, spending: Spending) -> None:
        """Note what became of the request that `ticket` let through."""


def build_session() -> requests.Session:
    """Return a session with a keep-alive pool that several threads may share.

    It never retries, since only the caller knows what is safe to repeat. It may serve many employers: no call
    leaves anything behind in it.
    """
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=_POOL_SIZE, pool_maxsize=_POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def checked_base_url(url: str) -> str:
    """Return a base address without its trailing slash; a path prefix may stay.

    Raises: ValueError unless it is https, or http to this machine.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("a base address has no user, query or fragment")
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise ValueError("a base address starts with https:// and a host")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("plain http is only for this machine: a token must not travel unencrypted")
    return url.rstrip("/")


def exchange(session: requests.Session, call: Call, auth: AuthBase, gate: Gate | None = None) -> Reply:
    """Send one request, if the gate lets it through, and return the answer, whatever its status.

    Raises: Unavailable, OutcomeUnknown, UnexpectedReply; RateLimited (`budget_spent`) when nothing was sent.
    """
    if gate is None:
        return _exchange(session, call, auth)
    ticket = gate.take(call)
    spending = Spending(is_unknown=True)
    try:
        reply = _exchange(session, call, auth)
        spending = _spending(reply)
        return reply
    except errors.Unavailable as error:
        spending = Spending(is_unknown=error.code != "not_sent")
        raise
    finally:
        try:
            gate.give_back(ticket, spending)
        except Exception:
            # A store of budgets that is down must not turn an answered write into an unknown one.
            logger.exception("%s %s: what the request cost was not recorded", call.method, call.path)


def _spending(reply: Reply) -> Spending:
    now = utc_now()
    wait = headers.retry_after_seconds(reply.headers, now) if reply.status == 429 else None
    return Spending(window=headers.rate_window(reply.headers, now), retry_after_seconds=wait)


def _exchange(session: requests.Session, call: Call, auth: AuthBase) -> Reply:
    started = time.monotonic()
    failure: errors.GreenhouseError
    try:
        response = _request(session, call, auth)
    except (OSError, urllib3.exceptions.HTTPError) as error:
        failure = _failure(error, call)
    else:
        took = round(1000 * (time.monotonic() - started))
        reply = Reply(call, response.status_code, response.headers, response.content)
        named = headers.request_id(reply.headers)
        logger.debug("%s %s: %s in %s ms, request id %s", call.method, call.path, reply.status, took, named)
        return reply
    logger.info("%s %s: no answer, %s", call.method, call.path, failure.code)
    # Outside the handler, so that the library's exception, which quotes the query and holds the headers, is
    # not chained to ours.
    raise failure


def check_status(reply: Reply, now: Callable[[], datetime]) -> None:
    """Raise the error that the status of the reply stands for, if it is not a success.

    Raises: every kind of GreenhouseError but UnexpectedReply.
    """
    status, facts = reply.status, reply.facts()
    if 200 <= status < 300:
        return
    if status == 401:
        raise errors.Unauthorized("unauthorized", **facts)
    if status == 403:
        raise errors.Forbidden("forbidden", **facts)
    if status == 429:
        wait = headers.retry_after_seconds(reply.headers, now())
        raise errors.RateLimited("rate_limited", retry_after_seconds=wait, **facts)
    if status in _NOT_PASSED_ON:
        raise errors.Unavailable("not_sent", **facts)
    if 400 <= status < 500 and status != 408:
        refusal = errors.NotFound if status == 404 else errors.Rejected
        raise refusal(_REFUSALS.get(status, "refused"), fields=_offending_fields(reply), **facts)
    code = "redirected" if 300 <= status < 400 else "timeout" if status == 408 else "server_error"
    raise (errors.OutcomeUnknown if reply.call.is_write else errors.Unavailable)(code, **facts)


def decode(reply: Reply) -> Any:
    """Return the JSON of a reply, made of text every database can store.

    Raises: UnexpectedReply, OutcomeUnknown.
    """
    try:
        return decode_json(reply.content)
    except ValueError:
        pass
    # Outside the handler: the decoder's exception holds the whole body.
    raise reply.misfit(code="not_json")


def decode_json(content: bytes) -> Any:
    """Return the JSON in `content` without NaN, NUL characters and lone surrogates, which databases refuse.

    Raises: ValueError.
    """
    try:
        value = _DECODER.decode(content.decode("utf-8-sig"))
        escapes = content.lower()
        return _storable(value) if b"\\u0000" in escapes or b"\\ud" in escapes else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def utc_now() -> datetime:
    """Return the current moment as an aware UTC datetime."""
    return datetime.now(UTC)


def _request(session: requests.Session, call: Call, auth: AuthBase) -> requests.Response:
    sent_headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
    if call.body is not None:
        sent_headers["Content-Type"] = call.content_type
    prepared = session.prepare_request(
        requests.Request(
            call.method,
            call.url,
            params=call.params,
            # As a stream: bytes would have to be through within the connect timeout (urllib3 2.8), which a résumé
            # on a slow line is not. Each 16 KB of a stream has that long.
            data=None if call.body is None else io.BytesIO(call.body),
            headers=sent_headers,
            # Always an object: without one, `requests` would send what it finds for the host in ~/.netrc.
            auth=auth,
        )
    )
    # A proxy from the environment cannot reach this machine's own loopback address.
    proxies = dict.fromkeys(("http", "https", "all"), "") if _is_loopback(urlsplit(call.url).hostname) else {}
    given = session.merge_environment_settings(call.url, proxies, False, None, None)
    # Not `session.send`: it would work out where a redirect leads, from an address we do not trust, and would
    # store cookies.
    response = session.get_adapter(call.url).send(
        prepared,
        timeout=(CONNECT_SECONDS, call.read_seconds or READ_SECONDS),
        proxies=given["proxies"],
        verify=True if given["verify"] is None else given["verify"],
        cert=given["cert"],
    )
    response.content  # noqa: B018 - reads the body, here, where a cut line is understood
    return response


def _failure(error: Exception, call: Call) -> errors.GreenhouseError:
    if _was_never_sent(error):
        return errors.Unavailable("not_sent", path=call.path)
    if isinstance(error, requests.exceptions.ContentDecodingError) and not call.is_write:
        return errors.UnexpectedReply("not_json", path=call.path)
    late = (requests.Timeout, urllib3.exceptions.ReadTimeoutError)
    timed_out = any(isinstance(cause, late) for cause in _causes(error))
    code = "timeout" if timed_out else "cut"
    return (errors.OutcomeUnknown if call.is_write else errors.Unavailable)(code, path=call.path)


def _was_never_sent(error: Exception) -> bool:
    """Tell whether the failure proves that Greenhouse did not get the request; when in doubt it may have."""
    if isinstance(error, _NEVER_SENT):
        return True
    return any(
        isinstance(cause, urllib3.exceptions.NewConnectionError) or _is_from_handshake(cause)
        for cause in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those it wraps, which `requests` and urllib3 keep in three different places."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _is_from_handshake(error: BaseException) -> bool:
    # OpenSSL's reasons do not tell: the same one may come before the request went out and after it.
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_name == "do_handshake" for frame, _ in frames)


def _offending_fields(reply: Reply) -> tuple[str, ...]:
    """Return the keys an error body blames: `{"errors": [{"<field>": "<message>"}]}` or its older form, else in words.

    Words are only searched for the keys that we sent, so that no value of anybody comes along.
    """
    try:
        body = decode_json(reply.content)
    except ValueError:
        return ()
    if not isinstance(body, dict):
        return ()
    listed = body.get("errors")
    entries = listed if isinstance(listed, list) else [listed]
    names = [name for entry in entries if isinstance(entry, dict) for name in _named(entry)]
    known = dict.fromkeys(name for name in names if isinstance(name, str) and _FIELD_NAME.fullmatch(name))
    texts = [text for text in (*entries, body.get("message")) if isinstance(text, str)]
    return tuple(known) or tuple(key for key in _keys_of(reply.call) if any(_blames(text, key) for text in texts))


def _named(entry: Mapping[str, Any]) -> Iterator[object]:
    if {"field", "message"} <= entry.keys():
        yield entry["field"]
        return
    for name, said in entry.items():
        yield name
        if isinstance(said, dict):
            yield from said


def _blames(text: str, key: str) -> bool:
    """Tell whether a sentence is about a key, by its name or as people say it: `last_name`, "Last name is missing"."""
    words = re.escape(key.removesuffix("_id").replace("_", " "))
    return bool(re.search(rf"\b{re.escape(key)}\b|(?:^|[.:;,]\s*)(?i:{words})\b", text))


def _keys_of(call: Call) -> Iterator[str]:
    """The keys of a request, and those of the record inside its body."""
    yield from call.params or ()
    if call.body is None or call.content_type != "application/json":
        return
    body = json.loads(call.body)
    for key, held in body.items() if isinstance(body, dict) else ():
        yield key
        if isinstance(held, dict):
            yield from held


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value
