"""The exception family of everything that can go wrong between us and Greenhouse.

An error says what happened, where, and under which request id, and never what the reply said: bodies hold
candidate data, and Greenhouse's own words are for debugging. Words for people live in
`integrations.problems`.
"""

from __future__ import annotations

from typing import Any


class GreenhouseError(Exception):
    """Tell that a call to Greenhouse did not end as it should.

    Shape: `code` is a short stable word; `status` is None when no answer came; `path` is a template such as
    `/v3/candidates/{id}`, without a query, since queries hold e-mail addresses; `request_id` is Greenhouse's.
    """

    def __init__(self, code: str, *, path: str, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        facts = [f"path {self.path}"]
        if self.status is not None:
            facts.append(f"status {self.status}")
        if self.request_id is not None:
            facts.append(f"request id {self.request_id}")
        return f"{self.code} ({', '.join(facts)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The default rebuilds from positional arguments, so a worker could not hand this to its parent
        # process.
        return _rebuild, (type(self), self.code, dict(self.__dict__))


def _rebuild(kind: type[GreenhouseError], code: str, facts: dict[str, Any]) -> GreenhouseError:
    error = kind.__new__(kind, code)
    error.args = (code,)
    error.__dict__.update(facts)
    return error


class Unauthorized(GreenhouseError):
    """The credential or token is refused (401): a person has to reconnect."""


class Forbidden(GreenhouseError):
    """The scope or the acting user's permission is missing (403)."""


class Rejected(GreenhouseError):
    """Greenhouse refuses the request as it stands; sending the same again cannot help.

    Shape: `fields` names the offending keys of body or query where the reply named them; never their values.
    """

    def __init__(
        self,
        code: str,
        *,
        path: str,
        status: int | None = None,
        request_id: str | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        super().__init__(code, path=path, status=status, request_id=request_id)
        self.fields = fields

    def __str__(self) -> str:
        return f"{super().__str__()}: {', '.join(self.fields)}" if self.fields else super().__str__()


class NotFound(Rejected):
    """The path, or a record the request names, does not exist (404)."""


class RateLimited(GreenhouseError):
    """The rate limit is spent (429), or our own budget is (`budget_spent`, no status); nothing was done.

    Units: `retry_after_seconds` is above 0 and at most 120.
    """

    def __init__(
        self,
        code: str,
        *,
        path: str,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_seconds: float,
    ) -> None:
        super().__init__(code, path=path, status=status, request_id=request_id)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(GreenhouseError):
    """The request was never sent, or it was a read and no usable answer came: trying again is safe."""


class OutcomeUnknown(GreenhouseError):
    """A write went out and nobody knows what became of it: look before sending it again."""


class UnexpectedReply(GreenhouseError):
    """A read was answered with something the contract does not describe.

    Shape: `field` names the place, such as `job_posts[3].title`; empty when the whole reply makes no sense.
    """

    def __init__(
        self,
        code: str,
        *,
        path: str,
        status: int | None = None,
        request_id: str | None = None,
        field: str = "",
    ) -> None:
        super().__init__(code, path=path, status=status, request_id=request_id)
        self.field = field

    def __str__(self) -> str:
        return f"{super().__str__()}: {self.field}" if self.field else super().__str__()
