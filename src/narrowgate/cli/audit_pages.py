"""Pages of the audit rules, made from rules and examples: `python -m narrowgate.cli.audit_pages docs/audit`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from narrowgate.audit.registry import RULES
from narrowgate.audit.rule import Rule
from narrowgate.rulebook import load_rules

_FAMILIES = {
    "API": "private APIs, stages and custom domain names",
    "CST": "costs without use",
    "DNS": "names: Resolver, hosted zones, DNS Firewall",
    "EPT": "interface endpoints",
    "NET": "routes, peerings, transit gateways, network ACLs",
    "OPS": "logs and alarms",
    "POL": "resource policies",
    "QTA": "quotas near their end",
    "TLS": "certificates",
}


def pages(examples: Path) -> dict[str, str]:
    """Every page by file name: one a rule, and the index."""
    found = {f"{rule.name}.md": page(rule, (examples / f"{rule.name}.yaml").read_text()) for rule in RULES}
    return found | {"index.md": "\n".join(_index()) + "\n"}


def page(rule: Rule, example: str) -> str:
    """One rule's page; `example` is its file of a bad and a good estate."""
    return "\n".join(_page(rule, example)) + "\n"


def _page(rule: Rule, example: str) -> Iterator[str]:
    bad, _, good = example.partition("good:\n")
    yield f"# {rule.id} {rule.name}"
    yield ""
    yield f"Severity **{rule.severity}**, confidence **{rule.confidence}**."
    for title, text in (
        ("What it checks", rule.what),
        ("Why it matters", rule.why),
    ):
        yield from ("", f"## {title}", "", text)
    yield from ("", "## Bad", "", "```yaml", _outdented(bad.removeprefix("bad:\n")), "```")
    yield from ("", "## Good", "", "```yaml", _outdented(good), "```")
    yield from ("", "## How to fix", "", rule.remediation)
    if rule.limits:
        yield from ("", "## Limits", "", rule.limits)
    yield from ("", "## References", "")
    yield from (f"- {_link(each)}" for each in rule.rules)
    yield "- [How the examples are written](index.md#examples)"


def _outdented(text: str) -> str:
    return "\n".join(line.removeprefix("  ") for line in text.rstrip().splitlines())


def _link(rule_id: str) -> str:
    known = next(each for each in load_rules() if each.bare_id == rule_id)
    return f"[{rule_id} {known.title}](../rules/{known.book}/{known.family.lower()}.md)"


_HEAD = """\
# Audit rules

`narrowgate check SOURCE` asks {count} rules. `--list-rules` lists them, `narrowgate explain EPT003` prints one. A
page shows what its rule finds, why that matters, an estate that has the defect and the nearest one that has not;
the tests run both."""

_FOOT = """
## Examples

An example changes the guide's estate (`base: guide`: a requester VPC that calls a private API through peering,
Resolver endpoints and an execute-api endpoint; `guide-plain` is the same without Resolver). `do` lists the
changes, `finds` the resources that the rule then names. `$endpoint`, `$requester.vpc` and the like stand for ids
of that estate."""


def _index() -> Iterator[str]:
    yield _HEAD.format(count=len(RULES))
    for family in sorted({rule.family for rule in RULES}):
        yield from ("", f"## {family}: {_FAMILIES[family]}", "")
        yield from ("| rule | severity | what it checks |", "| --- | --- | --- |")
        for rule in RULES:
            if rule.family == family:
                yield f"| [{rule.id} {rule.name}]({rule.name}.md) | {rule.severity} | {rule.what} |"
    yield _FOOT


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, text in pages(folder / "examples").items():
        (folder / name).write_text(text)
