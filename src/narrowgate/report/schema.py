"""JSON Schemas of the answers, made from the answers' types: they cannot disagree with what is printed."""

from typing import Any

import msgspec

from narrowgate.model.answer import ReachAnswer, ResolveAnswer
from narrowgate.model.comparison import CheckAnswer, CompareAnswer, CostAnswer
from narrowgate.model.demonstration import DemoAnswer
from narrowgate.model.deployment import DeployAnswer
from narrowgate.model.explanation import ExplainAnswer
from narrowgate.model.exposure import DiffAnswer, ExposureAnswer
from narrowgate.model.generation import GenerateAnswer
from narrowgate.model.laboratory import LabAnswer
from narrowgate.model.observation import ObserveAnswer
from narrowgate.model.policy import AuthorizeAnswer
from narrowgate.model.repair import FixAnswer
from narrowgate.model.trace import TraceAnswer

SCHEMAS: dict[str, type[msgspec.Struct]] = {
    "authorize": AuthorizeAnswer,
    "check": CheckAnswer,
    "compare": CompareAnswer,
    "cost": CostAnswer,
    "demo": DemoAnswer,
    "deploy": DeployAnswer,
    "diff": DiffAnswer,
    "explain": ExplainAnswer,
    "exposure": ExposureAnswer,
    "generate": GenerateAnswer,
    "fix": FixAnswer,
    "observe": ObserveAnswer,
    "lab": LabAnswer,
    "reach": ReachAnswer,
    "resolve": ResolveAnswer,
    "trace": TraceAnswer,
}


def json_schema(verb: str) -> str:
    """The schema of a verb's answer, as indented JSON (draft 2020-12)."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:narrowgate:{verb}:1",
        "title": f"narrowgate.{verb}/1",
        **msgspec.json.schema(SCHEMAS[verb]),
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()
