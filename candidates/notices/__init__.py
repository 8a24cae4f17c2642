"""What members are told. Others call `notify`, in the transaction of what they tell of."""

from candidates.notices.choosing import DEFAULTS, Wish, wishes_of
from candidates.notices.telling import notify

__all__ = ["DEFAULTS", "Wish", "notify", "wishes_of"]
