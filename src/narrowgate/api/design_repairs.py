"""Mend a design: the fewest changed lines after which everything holds that it promises, as a patch."""

import io
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

from narrowgate.api import design_checks, designs
from narrowgate.api.patches.files import name_in, root_of, unified
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import CheckAnswer, CompareAnswer, OptionAnswer
from narrowgate.model.design import Design
from narrowgate.model.repair import FixAnswer, GoalAnswer, RepairStep
from narrowgate.options.compare.compare import choose

_MOST = 2


class Line(msgspec.Struct, frozen=True):
    """One value of the design in place of another: the path to it in the file, the value, why."""

    path: tuple[str, ...]
    value: Any
    text: str


def fix_design(path: Path) -> FixAnswer:
    """The fewest changed lines after which every expectation and constraint holds, verified by judging again.

    Raises:
        InputError: the design cannot be read.
    """
    checked = design_checks.check(path)
    goals = _goals(checked, checked)
    if checked.verdict is Verdict.ALLOWED:
        return FixAnswer(verdict=Verdict.ALLOWED, source=str(path), goals=goals)
    design = designs.load_design(path)
    answer = designs.compare_design(design)
    lines = list(_candidates(design, answer))
    tried = 0
    for count in range(1, _MOST + 1):
        for chosen in combinations(lines, count):
            tried += 1
            again = designs.compare_design(_changed(design, chosen))
            best = choose(again)
            if best is not None and best.verdict is Verdict.ALLOWED and not best.violations:
                return _mended(path, checked, best, chosen, tried)
    return FixAnswer(
        verdict=checked.verdict,
        decided_by=checked.decided_by,
        blocking=checked.blocking,
        unknowns=checked.unknowns,
        source=str(path),
        goals=goals,
        hints=("`narrowgate compare` says of each way why it does not do",),
        tried=tried,
    )


def _candidates(design: Design, answer: CompareAnswer) -> Iterator[Line]:
    """A way that holds everything; constraints to give up; DNS attributes that are off."""
    if design.via != "auto":
        yield Line(("via",), "auto", "let narrowgate choose the way")
        for each in answer.options:
            if each.verdict is Verdict.ALLOWED and not each.violations:
                yield Line(("via",), each.option, f"take `{each.option}`, by which everything holds")
                break
    for field in design.constraints.__struct_fields__:
        if getattr(design.constraints, field) not in (False, None):
            value = None if field == "max_monthly_cost" else False
            yield Line(("constraints", field), value, f"give up `{field}`")
    for vpc in design.vpcs:
        for field, is_on in (("dns_support", vpc.dns_support), ("dns_hostnames", vpc.dns_hostnames)):
            if not is_on:
                yield Line(("vpcs", vpc.name, field), True, f"turn {field} of `{vpc.name}` on")


def _changed(design: Design, lines: tuple[Line, ...]) -> Design:
    for line in lines:
        match line.path:
            case ("via",):
                design = msgspec.structs.replace(design, via=line.value)
            case ("constraints", field):
                constraints = msgspec.structs.replace(design.constraints, **{field: line.value})
                design = msgspec.structs.replace(design, constraints=constraints)
            case ("vpcs", name, field):
                vpcs = tuple(
                    msgspec.structs.replace(each, **{field: line.value}) if each.name == name else each
                    for each in design.vpcs
                )
                design = msgspec.structs.replace(design, vpcs=vpcs)
    return design


def _mended(
    path: Path, checked: CheckAnswer, best: OptionAnswer, lines: tuple[Line, ...], tried: int
) -> FixAnswer:
    now = {
        **{f"{call.consumer} may call {call.method} {call.api}{call.path}": call.verdict for call in best.calls},
        **{each.expectation: each.verdict for each in best.expectations},
    }
    goals = tuple(
        GoalAnswer(
            goal=each.expectation,
            before=each.verdict,
            after=now.get(each.expectation, Verdict.UNKNOWN),
            holds=now.get(each.expectation) is Verdict.ALLOWED,
        )
        for each in checked.expectations
    )
    patch = _patch(path, lines)
    steps = tuple(
        RepairStep(
            kind="design_line",
            resource=".".join(line.path),
            text=line.text,
            file=str(path),
            patch=patch if number == 0 else "",
        )
        for number, line in enumerate(lines)
    )
    return FixAnswer(
        verdict=Verdict.ALLOWED,
        source=str(path),
        goals=goals,
        changes=steps,
        patch=patch,
        patch_root=str(root_of(path)),
        tried=tried,
    )


def _goals(before: CheckAnswer, after: CheckAnswer) -> tuple[GoalAnswer, ...]:
    verdicts = {each.expectation: each.verdict for each in after.expectations}
    return tuple(
        GoalAnswer(
            goal=each.expectation,
            before=each.verdict,
            after=verdicts[each.expectation],
            holds=verdicts[each.expectation] is Verdict.ALLOWED,
            text=each.text if verdicts[each.expectation] is not Verdict.ALLOWED else "",
        )
        for each in before.expectations
    )


def _patch(path: Path, lines: tuple[Line, ...]) -> str:
    """The change of the file as a unified diff; comments and layout stay."""
    text = path.read_text(encoding="utf-8")
    yaml = YAML()
    yaml.width = 200
    yaml.preserve_quotes = True
    content = yaml.load(text)
    for line in lines:
        place = content
        for key in line.path[:-1]:
            place = place.setdefault(key, {})
        if line.value is None:
            place.pop(line.path[-1], None)
        else:
            place[line.path[-1]] = line.value
    written = io.StringIO()
    yaml.dump(content, written)
    return unified(text, written.getvalue(), name_in(root_of(path), path))
