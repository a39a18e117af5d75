"""The use cases, one function each: what the command line calls, for other programs as well.

    from pathlib import Path
    from narrowgate import api

    snapshot = api.load(Path("snapshot"))
    answer = api.trace(snapshot, "web-1", "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders")
    answer.verdict, answer.decided_by

Errors are `narrowgate.model.errors.NarrowgateError`; "no" and "not known" are answers.
"""

from narrowgate.api.policies import POLICY_KINDS, Document, authorize, prove_no_wider, validate
from narrowgate.api.questions import Flow, reach, resolve, trace
from narrowgate.api.sources import load

__all__ = [
    "POLICY_KINDS",
    "Document",
    "Flow",
    "authorize",
    "load",
    "prove_no_wider",
    "reach",
    "resolve",
    "trace",
    "validate",
]
