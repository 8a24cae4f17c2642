"""Integrations for the people who run the installation: what the engine did, and the few things to ask of it."""

from integrations.admin import career_site, choices, connections, exports, health  # noqa: F401  (registers them)
