"""Integrations for the people who run the installation: what the engine did, and the few things to ask of it."""

from integrations.admin import career_site, choices, connections, exports, health, webhooks  # noqa: F401  (registers them)
