"""Webhooks: what happened is written down for everyone who asked, and a courier brings it to them."""
