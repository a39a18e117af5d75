"""Moved to `narrowgate.sources.synthetic.estate`."""

from narrowgate.sources.synthetic.estate import *  # noqa: F403
