"""Moved to `narrowgate.sources.synthetic`."""
