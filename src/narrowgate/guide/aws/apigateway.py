"""Moved to `narrowgate.sources.synthetic.apigateway`."""

from narrowgate.sources.synthetic.apigateway import *  # noqa: F403
