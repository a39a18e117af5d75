"""The use case of `fix`: the smallest verified change that mends calls, findings, or a design."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from narrowgate.api import designs
from narrowgate.api.addresses import followed
from narrowgate.api.sources import load
from narrowgate.audit.registry import find_rule
from narrowgate.audit.run import audit
from narrowgate.model.answer import Verdict
from narrowgate.model.errors import InputError
from narrowgate.model.finding import Finding, Severity
from narrowgate.model.repair import FixAnswer
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.findings import is_mendable
from narrowgate.repair.fix import Mending, find_mending, mend
from narrowgate.repair.goal import Goal

__all__ = ["Goal", "fix", "fix_source"]


def fix_source(
    source: Path,
    goals: Sequence[Goal],
    *,
    rules: Sequence[str] = (),
    design: Path | None = None,
    assume_complete: bool = False,
) -> FixAnswer:
    """Mend a source.

    Args:
        source: any source; a design without goals is mended by a change of the design itself.
        goals: calls that must work, or must stay shut.
        rules: audit rules, by id or name, whose findings are to go; `all` for every one that has a repair.
        design: a design whose calls and expectations have to hold in the source, beside the goals.
        assume_complete: take what the source does not tell as empty.

    Raises:
        InputError: the source cannot be read, no such client or rule, a URL that is none.
    """
    if design is not None and designs.is_design(source):
        raise InputError(
            "is a design itself",
            where=str(source),
            help="give what was made of it: a Terraform folder, a plan, a template, a snapshot",
        )
    if designs.is_design(source) and not goals and not rules:
        from narrowgate.api.design_repairs import fix_design

        return fix_design(source)
    snapshot = load(source, assume_complete=assume_complete)
    mending = _mending(source, snapshot, [_followed(snapshot, each) for each in goals], rules, design)
    if not mending.changes or mending.answer.verdict is Verdict.UNKNOWN:
        # What missing facts leave open is not verified, and nothing unverified is written into files.
        return mending.answer
    from narrowgate.api.patches.write import with_patches

    return with_patches(source, snapshot, mending, assume_complete=assume_complete)


def _followed(snapshot: Snapshot, goal: Goal) -> Goal:
    """The same goal with addresses and logical ids of the source's code as ids, as `trace` takes them."""
    return msgspec.structs.replace(goal, client=followed(snapshot, goal.client), url=followed(snapshot, goal.url))


def _mending(
    source: Path, snapshot: Snapshot, goals: Sequence[Goal], rules: Sequence[str], design: Path | None
) -> Mending:
    if design is None:
        return find_mending(snapshot, goals, _wanted(snapshot, goals, rules))
    from narrowgate.api.promises import promises_of

    promises = promises_of(design, snapshot, str(source))
    every = (*promises.goals, *goals)
    findings = _findings(snapshot, rules) if rules else ()
    return find_mending(snapshot, every, findings, promises.judge)


def fix(snapshot: Snapshot, goals: Sequence[Goal], *, rules: Sequence[str] = ()) -> FixAnswer:
    """The same for a snapshot that is loaded; without goals and rules, every grave finding is mended."""
    return mend(snapshot, goals, _wanted(snapshot, goals, rules))


def _wanted(snapshot: Snapshot, goals: Sequence[Goal], rules: Sequence[str]) -> tuple[Finding, ...]:
    if goals and not rules:
        return ()
    return _findings(snapshot, rules or ["grave"])


def _findings(snapshot: Snapshot, wanted: Sequence[str]) -> tuple[Finding, ...]:
    every = audit(snapshot)
    if "all" in wanted:
        return tuple(each for each in every if is_mendable(each.rule))
    if "grave" in wanted:
        return tuple(each for each in every if each.severity.rank <= Severity.HIGH.rank)
    ids = set()
    for word in wanted:
        rule = find_rule(word)
        if rule is None:
            raise InputError(f"`{word[:40]}` is no audit rule", help="`narrowgate check --list-rules` names them")
        ids.add(rule.id)
    return tuple(each for each in every if each.rule in ids)
