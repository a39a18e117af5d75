"""The root: a provider for each account and Region, the modules, what the user tells, and the names to call."""

from typing import Any

from narrowgate.generate.plan import Plan, Side, value_name
from narrowgate.generate.terraform.hcl import Block, Raw, Template, write
from narrowgate.generate.terraform.module import Module, Wanted, close_module, make_module, versions
from narrowgate.model.resource import GetAtt, Ref
from narrowgate.options.parts.endpoints import callers_of


def terraform_files(plan: Plan) -> dict[str, str]:
    """The text of every file by its path."""
    modules = [make_module(plan, side) for side in plan.sides]
    outputs = _Outputs(plan)
    calls = outputs.calls()
    given: dict[str, Wanted] = {side.name: {} for side in plan.sides}
    for wanted in (*(module.crossing for module in modules), outputs.wanted):
        for key in wanted:
            side = plan.side_of(plan.by_id[key[0]])
            if side is not None:
                given[side.name][key] = None
    files: dict[str, list[Any]] = {
        "versions.tf": [versions()],
        "providers.tf": _providers(plan),
        "main.tf": _calls_of_modules(plan, modules),
        "variables.tf": _variables(plan, modules, outputs.existing),
        "outputs.tf": [calls],
    }
    for module in modules:
        for name, blocks in close_module(plan, module, given[module.side.name]).items():
            files[f"modules/{module.side.name}/{name}"] = blocks
    return {name: write(blocks) for name, blocks in sorted(files.items()) if blocks}


def _providers(plan: Plan) -> list[Any]:
    """A provider for each side, which refuses every other account."""
    found: list[Any] = []
    for side in plan.sides:
        body: list[Any] = [("alias", side.identifier), ("region", side.region)]
        number: Any = side.account if plan.is_account_told else Raw("var.account_id")
        body.append(("allowed_account_ids", [number]))
        if len({each.account for each in plan.sides}) > 1:
            role = Block(
                "dynamic",
                ("assume_role",),
                [
                    ("for_each", Raw(f'var.role_arns["{_account_name(plan, side)}"] == null ? [] : [1]')),
                    None,
                    Block("content", (), [("role_arn", Raw(f'var.role_arns["{_account_name(plan, side)}"]'))]),
                ],
            )
            body += [None, role]
        if plan.design.tags:
            body += [None, Block("default_tags", (), [("tags", dict(plan.design.tags))])]
        found += [*([None] if found else []), Block("provider", ("aws",), body)]
    return found


def _account_name(plan: Plan, side: Side) -> str:
    return {number: name for name, number in plan.design.accounts}.get(side.account, side.account)


def _calls_of_modules(plan: Plan, modules: list[Module]) -> list[Any]:
    found: list[Any] = []
    for module in modules:
        side = module.side
        body: list[Any] = [("source", f"./modules/{side.name}"), None]
        body += [("providers", {"aws": Raw(f"aws.{side.identifier}")})]
        arguments: list[Any] = []
        for name, attribute in module.existing:
            arguments.append((value_name(name, attribute), Raw(f"var.{value_name(name, attribute)}")))
        for name, attribute in module.crossing:
            other = plan.side_of(plan.by_id[name])
            if other is None:
                raise LookupError(f"{name} is made nowhere")
            word = value_name(name, attribute)
            arguments.append((word, Raw(f"module.{other.identifier}.{word}")))
        if module.takes_account:
            arguments.append(("account_id", Raw("var.account_id")))
        arguments += [(name, Raw(f"var.{name}")) for name in module.extra]
        if arguments:
            body += [None, *arguments]
        found += [*([None] if found else []), Block("module", (side.identifier,), body)]
    return found


def _variables(plan: Plan, modules: list[Module], shown: Wanted) -> list[Any]:
    found: list[Any] = []
    wanted: Wanted = {}
    for module in modules:
        wanted |= module.existing
    wanted |= shown
    inputs = {(each.logical_id, each.attribute): each for each in plan.inputs()}
    by_id = plan.by_id
    for name, attribute in wanted:
        resource = by_id[name]
        what = resource.purpose.replace("`", "")
        told = "its id" if attribute is None else _FOUND.get(attribute, attribute)
        body: list[Any] = [
            (
                "description",
                f"{what[:1].upper()}{what[1:]}: {told} (exists; account {resource.account}, {resource.region}).",
            ),
            ("type", Raw("string")),
        ]
        known = inputs.get((name, attribute))
        if known is not None and known.known is not None:
            body.append(("default", known.known))
        found += [None, Block("variable", (value_name(name, attribute),), body)]
    if not plan.is_account_told:
        body = [("description", "Number of the account that this is deployed to."), ("type", Raw("string"))]
        found += [None, Block("variable", ("account_id",), body)]
    accounts = dict.fromkeys(_account_name(plan, side) for side in plan.sides)
    if len(accounts) > 1:
        body = [
            ("description", "Roles to assume, by account; null for the credentials of whoever runs this."),
            ("type", Raw("map(string)")),
            ("default", dict.fromkeys(accounts)),
        ]
        found += [None, Block("variable", ("role_arns",), body)]
    for name, description in {k: v for module in modules for k, v in module.extra.items()}.items():
        body = [("description", description), ("type", Raw("string"))]
        found += [None, Block("variable", (name,), body)]
    return found[1:]


_FOUND = {
    "DnsEntries.0.DnsName": "its first DNS name, as `aws ec2 describe-vpc-endpoints` tells it",
    "DnsEntries.0.HostedZoneId": "its first DNS name's hosted zone, as `aws ec2 describe-vpc-endpoints` tells it",
}


class _Outputs:
    """How each consumer calls each API, with ids once they are known."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.wanted: Wanted = {}
        self.existing: Wanted = {}

    def calls(self) -> Block:
        """The output `calls`."""
        design, option = self.plan.design, self.plan.option
        found: dict[str, Any] = {}
        for api in design.private_apis:
            for consumer in callers_of(design, api):
                call = option.call(design, consumer, api)
                entry: dict[str, Any] = {"url": self._joined("https://", call.host, call.path)}
                if call.headers:
                    entry["headers"] = {name: self._value(value) for name, value in call.headers}
                if call.pinned:
                    entry["addresses"] = [self._value(value) for value in call.pinned]
                found.setdefault(consumer.name, {})[api.name] = entry
        return Block(
            "output",
            ("calls",),
            [("description", "By consumer and API: what to call."), ("value", found)],
        )

    def _joined(self, *parts: Any) -> Template:
        flat: list[Any] = []
        for part in parts:
            value = self._value(part)
            flat += value.parts if isinstance(value, Template) else [value]
        return Template(tuple(flat))

    def _value(self, value: Any) -> Any:
        match value:
            case Ref(logical_id=own):
                return self._read(own, None)
            case GetAtt(logical_id=own, attribute=attribute):
                return self._read(own, attribute)
            case str():
                return value
            case _:
                return Template(tuple(self._value(part) for part in value.parts))

    def _read(self, own: str, attribute: str | None) -> Raw:
        side = self.plan.side_of(self.plan.by_id[own])
        word = value_name(own, attribute)
        if self.plan.by_id[own].exists or side is None:
            self.existing[own, attribute] = None
            return Raw(f"var.{word}")
        self.wanted[own, attribute] = None
        return Raw(f"module.{side.identifier}.{word}")
