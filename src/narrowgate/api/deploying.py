"""The use case of `deploy`: verify, apply, collect, verify again."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.api.collecting import Wish, collect_accounts
from narrowgate.api.costs import cost
from narrowgate.api.deployed import Attributes, judge_again, world_of
from narrowgate.api.generate import Prepared, names_of, plan_of, prepare, write_prepared
from narrowgate.deploy.embedded.existing import Existing
from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.deploy.terraform import Say, Terraform, need_terraform
from narrowgate.generate.plan import Plan
from narrowgate.generate.terraform.module import DNS_SERVER_AMI
from narrowgate.model.answer import Missing, Verdict, conjunction
from narrowgate.model.deployment import DeployAnswer
from narrowgate.model.errors import InputError
from narrowgate.options.registry import find_option
from narrowgate.sources.snapshot import load_snapshot

Agree = Callable[[DeployAnswer], bool]
"""Shown what will change, what that opens and what it costs; True for yes."""

_ROLE = "arn:aws:iam::{}:role/narrowgate-embedded"
_VARIABLES = "narrowgate.auto.tfvars.json"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be deployed, and how."""

    design: Path
    target: str
    """`embedded` or `aws`."""
    folder: Path | None = None
    """Where files, state and snapshot stay; None, for the embedded AWS alone, for nowhere."""
    via: str | None = None
    despite: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    """Values of what exists, which the design does not tell."""
    role_arns: Mapping[str, str] = {}
    """Roles to take, by account name or number."""
    force: bool = False


class _Site(msgspec.Struct, frozen=True, kw_only=True):
    """Where a deployment goes: Terraform's folder, who asks, and what is known of what exists."""

    folder: Path
    environment: Mapping[str, str]
    wish: Wish
    ids: Mapping[str, str]
    attributes: Attributes


def deploy(order: Order, *, agree: Agree, say: Say) -> DeployAnswer:
    """Deploy a design by Terraform, when everything holds that it promises, and look at what came of it.

    Args:
        order: what and how.
        agree: asked once, before anything is made.
        say: told lines of progress.

    Raises:
        InputError: the design, Terraform, an extra or a value is missing.
        DeploymentError: Terraform failed; what it made stands in its state.
        CollectionError: what was deployed could not be collected.
    """
    prepared = prepare(order.design, "terraform", via=order.via, despite=order.despite)
    answer = _answer(order, prepared)
    if prepared.answer.verdict is not Verdict.ALLOWED:
        return answer
    plan = plan_of(prepared.design, prepared.judged.option)
    need_terraform(os.environ)
    with _site(order, prepared, plan, say) as site:
        terraform = Terraform(site.folder, site.environment, say)
        say("terraform init and plan")
        terraform.init()
        answer = msgspec.structs.replace(answer, changes=terraform.plan(), folder=_kept(order, site.folder))
        if not agree(answer):
            terraform.forget_plan()
            return msgspec.structs.replace(answer, stage="declined")
        terraform.apply()
        say("looking whether anything is left to change")
        is_settled = terraform.is_settled()
        say("collecting what is there")
        snapshot = _fresh(site.folder / "snapshot" if order.folder is None else order.folder / "snapshot")
        collect_accounts(snapshot, site.wish)
        return _verified(order, prepared, plan, answer, terraform, site, snapshot, is_settled=is_settled)


def destroy(order: Order, *, agree: Agree, say: Say) -> DeployAnswer:
    """Undo what an earlier `deploy` made, whole or interrupted; everything else stays.

    Raises:
        InputError: nothing was deployed from that folder.
        DeploymentError: Terraform failed; what is left stands in its state.
    """
    if order.target == "embedded" or order.folder is None:
        raise InputError("the embedded AWS is gone with its deployment", help="nothing is left to destroy")
    folder = order.folder / "terraform"
    if not (folder / "terraform.tfstate").exists() and not list(folder.glob("*.tf")):
        raise InputError("nothing was deployed from here", where=str(folder), help="name the folder with --out")
    prepared = prepare(order.design, "terraform", via=order.via, despite=order.despite)
    plan = plan_of(prepared.design, prepared.judged.option)
    _write_variables(folder, _variables_for_aws(order, prepared, plan))
    terraform = Terraform(folder, os.environ, say)
    terraform.init()
    changes = terraform.plan(destroy=True)
    answer = msgspec.structs.replace(
        _answer(order, prepared), changes=changes, folder=str(folder), opens=(), cost=None, stage="destroyed"
    )
    if changes and not agree(answer):
        terraform.forget_plan()
        return msgspec.structs.replace(answer, stage="declined")
    terraform.apply()
    return msgspec.structs.replace(answer, verdict=Verdict.ALLOWED)


def _answer(order: Order, prepared: Prepared) -> DeployAnswer:
    told, judged = prepared.answer, prepared.judged
    promises, _ = judge_again(None, prepared.design, find_option(judged.option), judged)
    return DeployAnswer(
        verdict=told.verdict,
        decided_by=told.decided_by,
        blocking=told.blocking,
        unknowns=told.unknowns,
        source=str(order.design),
        engine="terraform",
        target=order.target,
        option=judged.option,
        stage="refused",
        opens=tuple(each for each in judged.exposed if not each.is_stand_in),
        cost=cost(order.design, via=judged.option).cost,
        promises=promises,
        despite=order.despite,
    )


@contextmanager
def _site(order: Order, prepared: Prepared, plan: Plan, say: Say) -> Iterator[_Site]:
    if order.target == "aws":
        yield _aws(order, prepared, plan)
        return
    with tempfile.TemporaryDirectory(prefix="narrowgate-") as scratch:
        folder = Path(scratch)
        write_prepared(prepared, folder)
        if order.folder is not None:
            write_prepared(prepared, order.folder / "terraform", force=order.force)
        base = plan.sides[0].account
        with EmbeddedAws(base) as aws:
            say(f"the embedded AWS listens on {aws.url}")
            yield _embedded(order, plan, aws, folder)


def _embedded(order: Order, plan: Plan, aws: EmbeddedAws, folder: Path) -> _Site:
    """A new AWS, with what the design says is there already."""
    from narrowgate.deploy.embedded.clients import Clients

    accounts = list(dict.fromkeys(side.account for side in plan.sides))
    clients = Clients(aws)
    existing = Existing(clients.client)
    existing.make([each for each in plan.resources if each.exists])
    variables: dict[str, Any] = {
        each.name: existing.ids[each.logical_id]
        if each.attribute is None
        else existing.attributes[each.logical_id, each.attribute]
        for each in plan.inputs()
    }
    if not plan.is_account_told:
        variables["account_id"] = aws.account
    server = next((each for each in plan.made if each.type == "AWS::EC2::Instance"), None)
    if server is not None:
        variables[DNS_SERVER_AMI] = existing.image(server.account, server.region)
    names = {number: name for name, number in plan.design.accounts}
    if len(accounts) > 1:
        variables["role_arns"] = {names.get(each, each): _ROLE.format(each) for each in accounts}
    _write_variables(folder, {**variables, **order.variables})
    everywhere = {(each.account, each.region) for each in plan.resources}
    wish = Wish(
        role_arns=tuple(_ROLE.format(each) for each in sorted({account for account, _ in everywhere})),
        regions=tuple(sorted({region for _, region in everywhere})),
        endpoint_url=aws.url,
        access_key=("embedded", "embedded"),
    )
    environment = aws.environment(plan.sides[0].region)
    return _Site(
        folder=folder, environment=environment, wish=wish, ids=existing.ids, attributes=existing.attributes
    )


def _aws(order: Order, prepared: Prepared, plan: Plan) -> _Site:
    if order.folder is None:
        raise InputError("a deployment needs a folder for its files and state", help="name it with --out")
    folder = order.folder / "terraform"
    variables = _variables_for_aws(order, prepared, plan)
    write_prepared(prepared, folder, force=order.force)
    _write_variables(folder, variables)
    regions = tuple(sorted({each.region for each in plan.resources}))
    wish = Wish(role_arns=tuple(order.role_arns.values()), regions=regions)
    ids = {
        each.logical_id: str(variables[each.name])
        for each in plan.inputs()
        if each.attribute is None and each.name in variables
    }
    return _Site(folder=folder, environment=os.environ, wish=wish, ids=ids, attributes={})


def _variables_for_aws(order: Order, prepared: Prepared, plan: Plan) -> dict[str, Any]:
    """Every value that the files ask for, or one sentence that names those that are missing."""
    wanted = [each.name for each in plan.inputs() if each.known is None]
    if not plan.is_account_told:
        wanted.append("account_id")
    known: dict[str, Any] = {each.name: each.known for each in plan.inputs() if each.known is not None}
    known |= order.variables
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InputError(
            "what exists has to be told: " + ", ".join(missing),
            where=str(order.design),
            help=f"give the ids in the design, or each with --var, such as --var {missing[0]}=…",
        )
    if order.role_arns:
        known["role_arns"] = dict(order.role_arns)
    return known


def _write_variables(folder: Path, variables: Mapping[str, Any]) -> None:
    path = folder / _VARIABLES
    beside = path.with_suffix(".part")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(dict(variables)), indent=2) + b"\n")
    beside.replace(path)


def _fresh(folder: Path) -> Path:
    """The folder of a snapshot, empty: what was collected before is of another state."""
    if (folder / "snapshot.json").exists():
        shutil.rmtree(folder)
    return folder


def _kept(order: Order, folder: Path) -> str | None:
    return None if order.folder is None else str(order.folder / "terraform" if order.folder else folder)


def _verified(
    order: Order,
    prepared: Prepared,
    plan: Plan,
    answer: DeployAnswer,
    terraform: Terraform,
    site: _Site,
    folder: Path,
    *,
    is_settled: bool,
) -> DeployAnswer:
    snapshot = load_snapshot(folder)
    world = world_of(plan, snapshot, terraform.resources(), site.ids, site.attributes)
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
        stage="deployed",
        promises=promises,
        is_settled=is_settled,
        snapshot=str(folder) if order.folder is not None else None,
        calls=tuple(_urls(terraform.outputs())),
    )


def _urls(outputs: Mapping[str, Any]) -> Sequence[str]:
    calls = outputs.get("calls", {})
    return [each["url"] for apis in calls.values() for each in apis.values() if "url" in each]
