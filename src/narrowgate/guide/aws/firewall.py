"""Moved to `narrowgate.sources.synthetic.firewall`."""

from narrowgate.sources.synthetic.firewall import *  # noqa: F403
