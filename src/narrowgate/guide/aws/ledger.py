"""Moved to `narrowgate.sources.synthetic.ledger`."""

from narrowgate.sources.synthetic.ledger import *  # noqa: F403
