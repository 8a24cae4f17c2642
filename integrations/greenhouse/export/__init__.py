"""One person → Greenhouse, exactly once. The only writer (`design.md` §5.2).

person → contacts → application → files → note. Each step's remote id is committed before the next begins. Before a
write goes out, `step_in_flight` is committed; whoever finds it set reads back and adopts what arrived, and sends again
only when the reading proves that nothing did. Greenhouse offers no idempotency keys, so this row is ours.

`attempt` runs the steps and says how it ended (`outcome`); `walk` is what they share; `lock` keeps two exports of one
person apart; `finding`, `people`, `applying`, `files` and `notes` are the steps, `credit` and `healing` help them.
"""

from integrations.greenhouse.export.attempt import SINGLE_APPLICANTS, run
from integrations.greenhouse.export.lock import LEASE
from integrations.greenhouse.export.walk import Superseded, Walk

__all__ = ["LEASE", "SINGLE_APPLICANTS", "Superseded", "Walk", "run"]
