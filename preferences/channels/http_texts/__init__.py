"""Texts leave by HTTP: JSON to the provider named in the settings, under an idempotency key."""
