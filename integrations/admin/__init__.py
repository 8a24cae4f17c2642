"""Integrations for the people who run the installation: what the engine did, and the few things to ask of it."""

from integrations.admin import (  # noqa: F401  (registers them)
    batches,
    career_site,
    choices,
    connections,
    duplicates,
    exports,
    health,
    reconciliations,
    webhooks,
)
