"""How a person is to arrive in Greenhouse: copied onto each export when it is made."""

from dataclasses import dataclass, fields
from typing import Any

from accounts.models import User
from integrations.models import JobLink, SendsAs


@dataclass(frozen=True, slots=True)
class Arrival:
    """As what, in which stage or pool, from which source, to whose credit. Shape: the names are those of `Export`."""

    sends_as: str = SendsAs.CANDIDATE
    stage_remote_id: str = ""
    stage_name: str = ""
    pool_remote_id: str = ""
    pool_name: str = ""
    pool_stage_remote_id: str = ""
    pool_stage_name: str = ""
    source_remote_id: str = ""
    source_name: str = ""
    credit_to: User | None = None

    @classmethod
    def of_link(cls, link: JobLink) -> "Arrival":
        """As the settings of a connected job say."""
        return cls(
            sends_as=link.sends_as,
            stage_remote_id=link.stage_remote_id,
            stage_name=link.stage_name,
            source_remote_id=link.source_remote_id,
            source_name=link.source_name,
            credit_to=link.credit_to,
        )

    def as_fields(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
