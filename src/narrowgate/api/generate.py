"""The use case of `generate`: expectations first, then one option of a design as files."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from narrowgate import __version__
from narrowgate.api.designs import compare_design, load_design
from narrowgate.generate.cloudformation.stacks import cloudformation_files
from narrowgate.generate.files import Index, Written, header, write_files
from narrowgate.generate.plan import Plan, make_plan
from narrowgate.generate.runbook.page import runbook_files
from narrowgate.generate.terraform.root import terraform_files
from narrowgate.model.answer import Verdict, conjunction
from narrowgate.model.comparison import ExpectationAnswer, OptionAnswer, Recommendation, TracedCall
from narrowgate.model.design import Design
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.generation import GenerateAnswer
from narrowgate.options.compare.compare import choose, make_bench, nearest
from narrowgate.options.compare.judge import judge
from narrowgate.options.parts.logs import with_logs
from narrowgate.options.pricing import Price, make_price
from narrowgate.options.registry import find_option
from narrowgate.sources.prices.read import load_price_book
from narrowgate.sources.resources.build import build_world

FORMATS: Mapping[str, Callable[[Plan], dict[str, str]]] = {
    "cloudformation": cloudformation_files,
    "runbook": runbook_files,
    "terraform": terraform_files,
}
"""By name, what makes the files of a format."""


def generate(
    path: Path,
    form: str,
    folder: Path,
    *,
    via: str | None = None,
    despite: Sequence[str] = (),
    force: bool = False,
) -> GenerateAnswer:
    """Write the files of an option of a design, once everything holds that the design promises.

    Args:
        path: the design file.
        form: `terraform`, `cloudformation` or `runbook`.
        folder: where the files go, beside those of the user.
        via: the option, in place of the design's own.
        despite: what may fail or be undecided, by name: an expectation's sentence, a consumer, or a constraint.
        force: overwrite generated files that were edited.

    Raises:
        InputError: the design cannot be read or the option not built, a name of `despite` means nothing, or files
            are in the way.
    """
    return write_prepared(prepare(path, form, via=via, despite=despite), folder, force=force)


def variables_to_tell(form: str, folder: Path) -> tuple[str, ...]:
    """The variables of written files that nobody but the user can tell, such as the account's number."""
    if form != "terraform":
        return ()
    from narrowgate.sources.terraform.text import Texts

    return tuple(
        each.labels[0]
        for each in Texts(folder).root.blocks
        if each.type == "variable" and "default" not in each.body.attributes
    )


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A design that was judged, and may be written where its answer is `allowed`."""

    design: Design
    judged: OptionAnswer
    answer: GenerateAnswer


def prepare(path: Path, form: str, *, via: str | None = None, despite: Sequence[str] = ()) -> Prepared:
    """Judge the option that a design means; nothing is written.

    Raises:
        InputError: as `generate`.
    """
    design = load_design(path)
    if via is not None:
        design = msgspec.structs.replace(design, via=via)
    judged, why = judge_meant(design, path)
    return Prepared(design=design, judged=judged, answer=_answer(path, form, judged, why, despite))


def write_prepared(prepared: Prepared, folder: Path, *, force: bool = False) -> GenerateAnswer:
    """Write the files of a design that was judged, where it may be.

    Raises:
        InputError: files are in the way.
    """
    answer = prepared.answer
    if answer.verdict is not Verdict.ALLOWED:
        return answer
    plan = plan_of(prepared.design, prepared.judged.option)
    written = _write(plan, answer.format, folder, force=force)
    return msgspec.structs.replace(
        answer,
        folder=str(folder),
        written=written.written,
        unchanged=written.unchanged,
        removed=written.removed,
        to_fill_in=tuple(each.name for each in plan.inputs() if each.known is None),
    )


def plan_of(design: Design, option: str) -> Plan:
    """What an option of a design makes, prepared for writing."""
    found = find_option(option)
    resources = found.resources(design)
    cost = _price()(found, resources, design)
    return make_plan(design, found, with_logs(design, resources), cost)


@cache
def _price() -> Price:
    """Prices by the built-in book."""
    return make_price(load_price_book(None))


def generated_files(plan: Plan, form: str) -> dict[str, str]:
    """The files of a format, each with its header, by path."""
    told = header({"narrowgate": __version__, "design": plan.design.name, "option": plan.option.name})
    files = FORMATS[form](plan)
    return {name: _with_header(name, text, told) for name, text in files.items()}


def _with_header(name: str, text: str, told: str) -> str:
    if name.endswith(".md"):
        return f"<!-- {told} -->\n\n{text}"
    if name.endswith(".json"):
        return text
    return f"# {told}\n\n{text}"


def _write(plan: Plan, form: str, folder: Path, *, force: bool) -> Written:
    index = Index(narrowgate=__version__, design=plan.design.name, option=plan.option.name, format=form, files={})
    return write_files(folder, generated_files(plan, form), index, force=force)


def judge_meant(design: Design, path: Path) -> tuple[OptionAnswer, tuple[str, ...]]:
    """The option that a design means, judged, and why it is that one.

    Raises:
        InputError: it cannot be built.
    """
    why: tuple[str, ...] = ("it is asked for by name",)
    if design.via != "auto":
        option = find_option(design.via, where=str(design.where))
        judged = judge(make_bench(design, build_world, _price()), option)
    else:
        answer = compare_design(design)
        judged = choose(answer) or nearest(answer)
        why = _reasons(answer.recommendation)
    if not judged.fits:
        message = f"`{judged.option}` cannot be built here: {judged.text} ({judged.rule})"
        raise InputError(message, where=str(path), help=judged.way_out)
    return judged, why


def _reasons(recommendation: Recommendation | None) -> tuple[str, ...]:
    if recommendation is None:
        return ("no option keeps everything; this one comes nearest",)
    return tuple(each.text + (f" ({each.rule})" if each.rule else "") for each in recommendation.reasons)


def _answer(
    path: Path, form: str, judged: OptionAnswer, why: tuple[str, ...], despite: Sequence[str]
) -> GenerateAnswer:
    failed = [each for each in _promises(judged) if each.verdict is not Verdict.ALLOWED]
    accepted = _accepted(judged, despite)
    open_ones = [each for each in failed if not accepted & names_of(each)]
    violations = [each for each in judged.violations if each.constraint not in accepted]
    verdict = conjunction(each.verdict for each in open_ones)
    if verdict is Verdict.ALLOWED and violations:
        verdict = Verdict.DENIED
    causes = [each.decided_by for each in open_ones if each.decided_by is not None]
    return GenerateAnswer(
        verdict=verdict,
        decided_by=causes[0] if causes else None,
        blocking=tuple(dict.fromkeys(causes)),
        unknowns=tuple(dict.fromkeys(missing for each in open_ones for missing in each.unknowns)),
        source=str(path),
        format=form,
        option=judged.option,
        title=judged.title,
        why=why,
        failed=tuple(failed),
        violations=judged.violations,
        despite=tuple(despite),
    )


def _promises(judged: OptionAnswer) -> list[ExpectationAnswer]:
    return promises_of(judged.calls, judged.expectations)


def promises_of(
    traced: Sequence[TracedCall], expectations: Sequence[ExpectationAnswer]
) -> list[ExpectationAnswer]:
    """Every call that a design allows and every line of `expect`, in one form."""
    calls = [
        ExpectationAnswer(
            expectation=f"{call.consumer} may call {call.method} {call.api}{call.path}",
            verdict=call.verdict,
            text="holds" if call.verdict is Verdict.ALLOWED else f"{call.url}: {call.symptom or call.verdict}",
            decided_by=call.decided_by,
            unknowns=call.unknowns,
        )
        for call in traced
    ]
    return [*calls, *expectations]


def names_of(promise: ExpectationAnswer) -> frozenset[str]:
    """What somebody may call a promise: its sentence, or the consumer that it is about."""
    return frozenset({promise.expectation, promise.expectation.split(" ")[0]})


def _accepted(judged: OptionAnswer, despite: Sequence[str]) -> frozenset[str]:
    known = {name for each in _promises(judged) for name in names_of(each)}
    known |= {each.constraint for each in judged.violations}
    for name in despite:
        if name not in known:
            raise UnknownNameError("expectation, consumer or constraint", name, known)
    return frozenset(despite)
