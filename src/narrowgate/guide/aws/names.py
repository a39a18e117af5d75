"""Moved to `narrowgate.sources.synthetic.names`."""

from narrowgate.sources.synthetic.names import *  # noqa: F403
