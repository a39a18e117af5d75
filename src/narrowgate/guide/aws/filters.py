"""Moved to `narrowgate.sources.synthetic.filters`."""

from narrowgate.sources.synthetic.filters import *  # noqa: F403
