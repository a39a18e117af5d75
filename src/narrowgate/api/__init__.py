"""The use cases, one function each: what the command line calls, for other programs as well.

    from pathlib import Path
    from narrowgate import api

    snapshot = api.load(Path("snapshot"))
    answer = api.trace(snapshot, "web-1", "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders")
    answer.verdict, answer.decided_by

Many calls at once, each with its verdict, and in full where somebody wants that:

    for call in api.trace_many(snapshot, vpcs, urls):
        print(call.client, call.url, call.verdict, call.symptom)

Errors are `narrowgate.model.errors.NarrowgateError`; "no" and "not known" are answers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from narrowgate.api.many import trace_many
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
    "trace_many",
    "validate",
]

_HOMES = {
    **dict.fromkeys(("POLICY_KINDS", "Document", "authorize", "prove_no_wider", "validate"), "policies"),
    **dict.fromkeys(("Flow", "reach", "resolve", "trace"), "questions"),
    "load": "sources",
    "trace_many": "many",
}


def __getattr__(name: str) -> Any:
    """Import a use case when it is asked for: a verb that asks no question need not load the engine."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
