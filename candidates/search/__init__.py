"""Finding people of the network: one question, the same answer from PostgreSQL and SQLite (ADR 0016)."""
