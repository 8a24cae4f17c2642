"""What becomes of the people we sent, whichever way the news comes: asked for round by round, or told by a webhook.

`polling` and `refreshing` say whom to ask about, `asking` reads Greenhouse, and `applying` alone writes: so both ways
agree, tell nothing twice, and do not care in which order they come. `following` finds who took whose place, `standing`
says what changed, `persons` is about the person behind the applications.
"""

from integrations.greenhouse.tracking.applying import apply_application, apply_readings
from integrations.greenhouse.tracking.asking import ask
from integrations.greenhouse.tracking.polling import EXPORTS_PER_ROUND, poll
from integrations.greenhouse.tracking.refreshing import refresh, tracked

__all__ = ["EXPORTS_PER_ROUND", "apply_application", "apply_readings", "ask", "poll", "refresh", "tracked"]
