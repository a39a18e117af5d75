"""Deployments by the user's own Terraform: into an AWS on this machine, or into accounts."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.api.collecting import Wish
from narrowgate.api.deployed import Attributes, world_of
from narrowgate.api.engines.accounts import wish_of
from narrowgate.api.engines.engine import Confirm, Engine, Order, Say
from narrowgate.api.engines.given import need_folder, need_values
from narrowgate.api.generate import Prepared, write_prepared
from narrowgate.deploy.embedded.existing import Existing
from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.deploy.terraform import Terraform, need_terraform
from narrowgate.generate.plan import Plan
from narrowgate.generate.terraform.module import DNS_SERVER_AMI
from narrowgate.generate.terraform.scope import expression_of
from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.world import World

_ROLE = "arn:aws:iam::{}:role/narrowgate-embedded"
_VARIABLES = "narrowgate.auto.tfvars.json"


class TerraformEngine:
    """Terraform in a folder, with what is known of what exists; an `Engine`."""

    def __init__(
        self, plan: Plan, terraform: Terraform, wish: Wish, ids: Mapping[str, str], attributes: Attributes
    ) -> None:
        """`ids` and `attributes` are those of resources that are there already."""
        self.wish = wish
        self.folder = terraform.folder
        self._plan = plan
        self._terraform = terraform
        self._ids = ids
        self._attributes = attributes

    def plan(self, *, destroy: bool = False) -> tuple[PlannedChange, ...]:
        """What Terraform would do."""
        self._terraform.init()
        return self._terraform.plan(destroy=destroy)

    def forget(self) -> None:
        """Throw the plan's file away."""
        self._terraform.forget_plan()

    def apply(self, confirm: Confirm) -> None:
        """Apply the plan's file: it tells everything, so nothing is left to confirm."""
        self._terraform.apply()

    def is_settled(self) -> bool:
        """Whether another plan is empty."""
        return self._terraform.is_settled()

    def world(self, snapshot: Snapshot) -> World:
        """The collected estate, with ids and attributes out of Terraform's state."""
        ids, attributes = _made(self._plan, self._terraform.resources())
        return world_of(self._plan, snapshot, {**self._ids, **ids}, {**self._attributes, **attributes})


@contextmanager
def open_terraform(order: Order, prepared: Prepared, plan: Plan, say: Say) -> Iterator[Engine]:
    """An engine for an order, with its files written.

    Raises:
        InputError: Terraform, an extra, the folder or a value is missing.
    """
    need_terraform(os.environ)
    if order.target == "aws":
        yield _aws(order, prepared, plan, say)
        return
    with tempfile.TemporaryDirectory(prefix="narrowgate-") as scratch:
        folder = Path(scratch)
        write_prepared(prepared, folder)
        if order.folder is not None:
            write_prepared(prepared, order.folder / "terraform", force=order.force)
        base = plan.sides[0].account
        with EmbeddedAws(base) as aws:
            say(f"the embedded AWS listens on {aws.url}")
            yield _embedded(order, plan, aws, folder, say)


def reopen_terraform(order: Order, plan: Plan, say: Say) -> Engine:
    """The engine of an earlier deployment, to undo it: its files stay as they are.

    Raises:
        InputError: nothing was deployed from that folder, or a value is missing.
    """
    folder = need_folder(order) / "terraform"
    if not (folder / "terraform.tfstate").exists() and not list(folder.glob("*.tf")):
        raise InputError("nothing was deployed from here", where=str(folder), help="name the folder with --out")
    _write_variables(folder, _variables_for_aws(order, plan))
    return TerraformEngine(plan, Terraform(folder, os.environ, say), Wish(), {}, {})


def _embedded(order: Order, plan: Plan, aws: EmbeddedAws, folder: Path, say: Say) -> Engine:
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
    terraform = Terraform(folder, aws.environment(plan.sides[0].region), say)
    return TerraformEngine(plan, terraform, wish, existing.ids, existing.attributes)


def _aws(order: Order, prepared: Prepared, plan: Plan, say: Say) -> Engine:
    folder = need_folder(order) / "terraform"
    variables = _variables_for_aws(order, plan)
    write_prepared(prepared, folder, force=order.force)
    _write_variables(folder, variables)
    ids = {
        each.logical_id: str(variables[each.name])
        for each in plan.inputs()
        if each.attribute is None and each.name in variables
    }
    return TerraformEngine(plan, Terraform(folder, os.environ, say), wish_of(order, plan), ids, {})


def _variables_for_aws(order: Order, plan: Plan) -> dict[str, Any]:
    """Every value that the files ask for."""
    known: dict[str, Any] = dict(need_values(order, plan, () if plan.is_account_told else ("account_id",)))
    if order.role_arns:
        known["role_arns"] = dict(order.role_arns)
    return known


def _write_variables(folder: Path, variables: Mapping[str, Any]) -> None:
    path = folder / _VARIABLES
    beside = path.with_suffix(".part")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(dict(variables)), indent=2) + b"\n")
    beside.replace(path)


def _made(plan: Plan, made: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, str], Attributes]:
    """Ids and attributes of what Terraform made, out of the attributes in its state by address."""
    found: dict[str, str] = {}
    attributes: Attributes = {}
    by_id = plan.by_id
    for resource in plan.made:
        side = plan.side_of(resource)
        if side is None:
            continue
        address, _, ref = expression_of(resource, None, by_id).rpartition(".")
        values = made.get(f"module.{side.identifier}.{address}")
        if values is None:
            continue
        if isinstance(values.get(ref), str):
            found[resource.logical_id] = values[ref]
        if isinstance(values.get("arn"), str):
            attributes[resource.logical_id, "Arn"] = values["arn"]
    return found, attributes
