"""What becomes of the people we sent, whichever way the news comes: asked for round by round, or told by a webhook.

Both read Greenhouse again and write through `apply_application`, so they agree and tell nothing twice.
"""

from integrations.greenhouse.tracking.polling import EXPORTS_PER_ROUND, apply_application, poll, refresh

__all__ = ["EXPORTS_PER_ROUND", "apply_application", "poll", "refresh"]
