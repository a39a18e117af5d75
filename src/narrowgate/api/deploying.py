"""The use case of `deploy`: verify, apply, collect, verify again."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from narrowgate.api.collecting import collect_accounts
from narrowgate.api.costs import cost
from narrowgate.api.deployed import calls_of, judge_again
from narrowgate.api.engines.cloudformation import open_cloudformation, reopen_cloudformation
from narrowgate.api.engines.engine import Confirm, Engine, Order, Say
from narrowgate.api.engines.terraform import open_terraform, reopen_terraform
from narrowgate.api.generate import Prepared, names_of, plan_of, prepare
from narrowgate.generate.plan import Plan
from narrowgate.model.answer import Missing, Verdict, conjunction
from narrowgate.model.deployment import DeployAnswer
from narrowgate.model.errors import InputError
from narrowgate.options.registry import find_option
from narrowgate.options.world import World
from narrowgate.sources.snapshot import load_snapshot

__all__ = ["Agree", "Order", "deploy", "destroy"]

Agree = Callable[[DeployAnswer], bool]
"""Shown what will change, what that opens and what it costs; True for yes."""


def deploy(order: Order, *, agree: Agree, say: Say) -> DeployAnswer:
    """Deploy a design by an engine, when everything holds that it promises, and look at what came of it.

    Args:
        order: what and how.
        agree: asked before anything is made, and again where more has to go than the plan could tell.
        say: told lines of progress.

    Raises:
        InputError: the design, Terraform, an extra or a value is missing.
        DeploymentError: the engine failed; what it made stands in its state.
        CollectionError: what was deployed could not be collected.
    """
    prepared = prepare(order.design, order.engine, via=order.via, despite=order.despite)
    answer = _answer(order, prepared)
    if prepared.answer.verdict is not Verdict.ALLOWED:
        return answer
    plan = plan_of(prepared.design, prepared.judged.option)
    with _open(order, prepared, plan, say) as engine:
        say(f"asking {order.engine} what would change")
        answer = msgspec.structs.replace(answer, changes=engine.plan(), folder=_kept(order))
        ended = _ended(order, engine, agree, answer)
        if ended is not None:
            return msgspec.structs.replace(answer, stage=ended)
        engine.apply(_further(agree, answer))
        say("looking whether anything is left to change")
        is_settled = engine.is_settled()
        say("collecting what is there")
        snapshot = _fresh((order.folder or engine.folder) / "snapshot")
        collect_accounts(snapshot, engine.wish)
        answer = msgspec.structs.replace(answer, stage="deployed", is_settled=is_settled)
        return _verified(order, prepared, plan, answer, engine.world(load_snapshot(snapshot)))


def destroy(order: Order, *, agree: Agree, say: Say) -> DeployAnswer:
    """Undo what an earlier `deploy` made, whole or interrupted; everything else stays.

    Raises:
        InputError: nothing was deployed from that folder.
        DeploymentError: the engine failed; what is left stands in its state.
    """
    if order.target == "embedded" or order.folder is None:
        raise InputError("the embedded AWS is gone with its deployment", help="nothing is left to destroy")
    prepared = prepare(order.design, order.engine, via=order.via, despite=order.despite)
    plan = plan_of(prepared.design, prepared.judged.option)
    reopen = reopen_terraform if order.engine == "terraform" else reopen_cloudformation
    engine = reopen(order, plan, say)
    changes = engine.plan(destroy=True)
    answer = msgspec.structs.replace(
        _answer(order, prepared), changes=changes, folder=_kept(order), opens=(), cost=None, stage="destroyed"
    )
    ended = _ended(order, engine, agree, answer) if changes or order.dry_run else None
    if ended is not None:
        return msgspec.structs.replace(answer, stage=ended)
    engine.apply(_further(agree, answer))
    return msgspec.structs.replace(answer, verdict=Verdict.ALLOWED)


def _open(order: Order, prepared: Prepared, plan: Plan, say: Say) -> AbstractContextManager[Engine]:
    opened = open_terraform if order.engine == "terraform" else open_cloudformation
    return opened(order, prepared, plan, say)


def _ended(order: Order, engine: Engine, agree: Agree, answer: DeployAnswer) -> str | None:
    """The stage that it ends in here, with the plan forgotten; None to go on."""
    agreed = False
    try:
        agreed = not order.dry_run and agree(answer)
    finally:
        if not agreed:
            engine.forget()
    if order.dry_run:
        return "planned"
    return None if agreed else "declined"


def _further(agree: Agree, answer: DeployAnswer) -> Confirm:
    """The same question about changes that came to light on the way."""
    return lambda changes: agree(msgspec.structs.replace(answer, changes=changes))


def _answer(order: Order, prepared: Prepared) -> DeployAnswer:
    told, judged = prepared.answer, prepared.judged
    promises, _ = judge_again(None, prepared.design, find_option(judged.option), judged)
    return DeployAnswer(
        verdict=told.verdict,
        decided_by=told.decided_by,
        blocking=told.blocking,
        unknowns=told.unknowns,
        source=str(order.design),
        engine=order.engine,
        target=order.target,
        option=judged.option,
        stage="refused",
        opens=tuple(each for each in judged.exposed if not each.is_stand_in),
        cost=cost(order.design, via=judged.option).cost,
        promises=promises,
        despite=order.despite,
    )


def _fresh(folder: Path) -> Path:
    """The folder of a snapshot, empty: what was collected before is of another state."""
    if (folder / "snapshot.json").exists():
        shutil.rmtree(folder)
    return folder


def _kept(order: Order) -> str | None:
    return None if order.folder is None else str(order.folder / order.engine)


def _verified(order: Order, prepared: Prepared, plan: Plan, answer: DeployAnswer, world: World) -> DeployAnswer:
    promises, after = judge_again(world, prepared.design, plan.option, prepared.judged)
    accepted = set(order.despite)
    open_ones = [each for each in after if not accepted & names_of(each)]
    causes = [each.decided_by for each in open_ones if each.decided_by and each.verdict is not Verdict.ALLOWED]
    unknowns: dict[Missing, None] = {missing: None for each in open_ones for missing in each.unknowns}
    return msgspec.structs.replace(
        answer,
        verdict=conjunction(each.verdict for each in open_ones),
        decided_by=causes[0] if causes else None,
        blocking=tuple(dict.fromkeys(causes)),
        unknowns=tuple(unknowns),
        promises=promises,
        calls=calls_of(plan, world),
        snapshot=None if order.folder is None else str(order.folder / "snapshot"),
    )
