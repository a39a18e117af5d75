"""`check` as JUnit XML: a test case an expectation and a finding, for CI systems that show test results."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CheckAnswer
from narrowgate.report.style import clean


def render_junit(answer: CheckAnswer) -> str:
    """Two suites: expectations and audit findings; what is accepted or known counts as skipped."""
    root = Element("testsuites", name=clean(answer.source))
    for name, cases in (("expectations", _expectations(answer)), ("audit", _findings(answer))):
        found = list(cases)
        suite = SubElement(root, "testsuite", name=name, tests=str(len(found)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in found)))
        suite.set("errors", str(sum(case.find("error") is not None for case in found)))
        suite.set("skipped", str(sum(case.find("skipped") is not None for case in found)))
        suite.extend(found)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _expectations(answer: CheckAnswer) -> Iterator[Element]:
    for each in answer.expectations:
        case = Element("testcase", classname="expectation", name=clean(each.expectation))
        if each.verdict in (Verdict.UNKNOWN, Verdict.INDETERMINATE):
            SubElement(case, "error", message=clean(each.text), type=str(each.verdict))
        elif each.verdict is not Verdict.ALLOWED:
            SubElement(case, "failure", message=clean(each.text), type=str(each.verdict))
        yield case


def _findings(answer: CheckAnswer) -> Iterator[Element]:
    failing = set(answer.failing)
    for each in answer.findings:
        case = Element("testcase", classname=each.rule, name=clean(f"{each.name}: {each.resource}"))
        if each.suppressed is not None:
            SubElement(case, "skipped", message=clean(each.suppressed.reason))
        elif not each.is_new:
            SubElement(case, "skipped", message="known from the baseline")
        elif each.fingerprint in failing:
            failure = SubElement(case, "failure", message=clean(each.message), type=str(each.severity))
            failure.text = clean(each.remediation)
        else:
            SubElement(case, "system-out").text = clean(f"{each.severity}: {each.message}")
        yield case
