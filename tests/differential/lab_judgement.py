"""What engine and packets do not agree on, for one question."""

from collections.abc import Sequence

from tests.differential.lab_estates import Asked

from narrowgate.api.lab_comparison import compare, place_differs
from narrowgate.api.lab_questions import Question
from narrowgate.engine.network.clients import find_client
from narrowgate.engine.network.reach import evaluate_reach
from narrowgate.engine.network.targets import find_target
from narrowgate.lab.observe import Query
from narrowgate.lab.probe import Observed
from narrowgate.model.answer import ReachAnswer, Verdict
from narrowgate.model.snapshot import Snapshot

COMPARABLE = frozenset({Verdict.ALLOWED, Verdict.DENIED})
"""What AWS would refuse cannot be built there, and what differs from flow to flow is one flow here."""


def difference(snapshot: Snapshot, asked: Asked, found: Sequence[Observed]) -> str:
    """Both answers in words where they differ; empty where they agree, or where nothing is to be compared."""
    if asked.query.kind == "reach":
        return _reach_differs(_reached(snapshot, asked), found[0], asked.target)
    query = asked.query
    question = Question(
        client=query.client,
        host=query.client,
        kind=query.kind,
        target=query.target,
        record_type=query.record_type,
        method=query.method,
        headers=tuple(f"{name}: {value}" for name, value in query.headers),
        principal=query.principal,
    )
    compared = compare(snapshot, question, found)
    if compared.agrees is not False:
        return ""
    return f"{compared.verdict} {compared.expected} {compared.decided_by} {compared.text}, and packets: {found}"


def _reached(snapshot: Snapshot, asked: Asked) -> ReachAnswer:
    query: Query = asked.query
    return evaluate_reach(
        snapshot,
        find_client(snapshot, query.client),
        find_target(snapshot, asked.target),
        port=int(query.target.rpartition(":")[2]),
        protocol="tcp",
        client_ports=(query.source_port, query.source_port),
        ip_version=6 if "[" in query.target else 4,
    )


def _reach_differs(answer: ReachAnswer, found: Observed, target: str) -> str:
    """An address that another interface has too is not the target."""
    if answer.verdict not in COMPARABLE:
        return ""
    arrived = found.symptom == "reached" and found.arrived_at == target
    if arrived != (answer.verdict is Verdict.ALLOWED):
        return f"{answer.verdict}, and packets: {found}"
    # Where a fact is not known, packets may be lost at it before they come to what the engine is sure of.
    differs = "" if answer.unknowns else place_differs(answer.blocking, found)
    return f"{answer.decided_by}, {differs}" if differs else ""
