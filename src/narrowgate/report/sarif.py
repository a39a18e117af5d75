"""Findings as SARIF 2.1.0, for code scanning: rules, places, code flows, fingerprints."""

import os
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import msgspec

from narrowgate import __version__
from narrowgate.audit.registry import find_rule
from narrowgate.model.answer import Step, Verdict
from narrowgate.model.finding import Finding, Location, Severity
from narrowgate.report.broken_promises import EXPECTATION_FAILS, WHAT

_LEVELS = {
    Severity.CRITICAL: ("error", "9.5"),
    Severity.HIGH: ("error", "8.0"),
    Severity.MEDIUM: ("warning", "5.5"),
    Severity.LOW: ("note", "3.0"),
    Severity.INFO: ("note", "0.5"),
}
"""SARIF's level, and the score by which code scanning sorts security findings."""
_BASE = "%SRCROOT%"
"""The base that code scanning replaces by the root of the repository."""
_OWN_RULES = {EXPECTATION_FAILS: WHAT}
"""What rules say that the audit's registry does not hold."""


def render_sarif(findings: Sequence[Finding], root: PurePath) -> str:
    """One run with every finding; what has no file of its own is placed at the source that was read.

    The trace of a finding is its code flow, also that of a broken promise (`broken_promises`).

    Args:
        findings: what to show.
        root: the absolute folder that relative paths start from: `%SRCROOT%` of the run. What lies outside it has
            a `file:` URI.
    """
    ids = sorted({each.rule for each in findings})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "narrowgate",
                        "semanticVersion": __version__,
                        "rules": [_rule(each, findings) for each in ids],
                    }
                },
                "originalUriBaseIds": {_BASE: {"uri": f"{root.as_uri().rstrip('/')}/"}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, ids.index(each.rule), root) for each in findings],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode()


def _rule(rule_id: str, findings: Iterable[Finding]) -> dict[str, Any]:
    rule = find_rule(rule_id)
    shown = next(each for each in findings if each.rule == rule_id)
    level, score = _LEVELS[shown.severity]
    described: dict[str, Any] = {
        "id": rule_id,
        "name": "".join(word.capitalize() for word in shown.name.split("-")),
        "shortDescription": {"text": rule.what if rule else _OWN_RULES.get(rule_id, shown.name)},
        "fullDescription": {"text": f"{rule.what} {rule.why}" if rule else _OWN_RULES.get(rule_id, shown.message)},
        "help": {"text": shown.remediation or shown.message},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["aws", *shown.rules], "precision": _precision(shown), "security-severity": score},
    }
    return described


def _precision(finding: Finding) -> str:
    return {"high": "high", "medium": "medium", "low": "low"}[finding.confidence]


def _result(finding: Finding, index: int, root: PurePath) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity][0],
        "message": {"text": f"{finding.message}. {finding.remediation}".rstrip()},
        "locations": [_location(finding.location, finding.resource, root)],
        "partialFingerprints": {"narrowgate/v1": finding.fingerprint},
        "baselineState": "new" if finding.is_new else "unchanged",
        "properties": {"resource": finding.resource, "confidence": str(finding.confidence)},
    }
    if finding.trace:
        flow = [_step(step, finding.location, root) for step in finding.trace]
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if finding.suppressed is not None:
        result["suppressions"] = [{"kind": "external", "justification": finding.suppressed.reason}]
    return result


def _location(place: Location | None, resource: str, root: PurePath) -> dict[str, Any]:
    found: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": resource, "kind": "resource"}]}
    if place is not None and place.file:
        physical: dict[str, Any] = {"artifactLocation": _artifact(place.file, root)}
        physical["region"] = {"startLine": max(place.line, 1)}
        found["physicalLocation"] = physical
    return found


def _step(step: Step, place: Location | None, root: PurePath) -> dict[str, Any]:
    location = _location(place, step.component or step.layer, root)
    rule = f" [{step.rule}]" if step.rule else ""
    location["message"] = {"text": f"{step.verdict}: {step.text}{rule}"}
    return {
        "location": location,
        "kinds": [step.layer, str(step.leg)],
        "importance": "unimportant" if step.verdict is Verdict.ALLOWED else "essential",
    }


def _artifact(file: str, root: PurePath) -> dict[str, str]:
    """A file below the root by its path from there, another one by a URI of its own."""
    # By their text alone: whoever wrote the path meant the folder that `..` names, links or not.
    path = type(root)(os.path.normpath(root / file))
    if path.is_relative_to(root):
        return {"uri": quote(path.relative_to(root).as_posix()), "uriBaseId": _BASE}
    return {"uri": path.as_uri()}
