"""Letters between a team and a candidate, passed on by us, so that neither sees the other's address (ADR 0015)."""
