"""The module of one account and Region: its files, what it takes, and what it gives."""

from collections.abc import Sequence
from typing import Any

import msgspec

from narrowgate.generate.names import snake
from narrowgate.generate.plan import Plan, Side, value_name
from narrowgate.generate.terraform.dns import dns_servers
from narrowgate.generate.terraform.fold import fold
from narrowgate.generate.terraform.hcl import Block, Comment, Raw
from narrowgate.generate.terraform.made import Made
from narrowgate.generate.terraform.scope import Scope, block_of, expression_of
from narrowgate.generate.terraform.suppress import suppressions
from narrowgate.generate.terraform.types import KINDS, file_of, label_of
from narrowgate.model.resource import Resource

Wanted = dict[tuple[str, str | None], None]

_DEPLOY_AGAIN = (
    'aws apigateway create-deployment --region "$REGION" --rest-api-id "$REST_API_ID" '
    '--stage-name "$STAGE_NAME" --description "policy changed"'
)


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """A module: its blocks by file, and the variables that the root has to fill."""

    side: Side
    files: dict[str, list[Any]]
    existing: Wanted
    crossing: Wanted
    takes_account: bool
    extra: dict[str, str]
    """Variables of the module's own, with their descriptions."""


def make_module(plan: Plan, side: Side) -> Module:
    """The module's resources; what it takes and gives follows in `close_module`."""
    scope = Scope(plan, side)
    by_id = plan.by_id
    groups: dict[tuple[str, str], list[Made]] = {}
    extra: dict[str, str] = {}
    for resource in plan.on(side):
        for made in KINDS[resource.type].write(resource):
            label = label_of(resource, by_id) if made.kind == KINDS[resource.type].terraform else made.label
            groups.setdefault((made.kind, label), []).append(made)
        extra |= _own_variables(resource)
    files: dict[str, list[Any]] = {}
    servers = dns_servers({each.logical_id: each for each in plan.on(side)})
    if servers:
        files["dns.tf"] = [Block("locals", (), [("dns_servers", servers)])]
    keys = {f"{kind}.{label}": [made.key for made in members] for (kind, label), members in groups.items()}
    for (kind, label), members in groups.items():
        block = _block(scope, (kind, label), members, keys)
        file = files.setdefault(file_of(kind), [])
        file += [None, block] if file else [block]
    return Module(
        side=side,
        files=files,
        existing=scope.existing,
        crossing=scope.crossing,
        takes_account=bool(scope.accounts),
        extra=extra,
    )


DNS_SERVER_AMI = "dns_server_ami"
"""The variable for the image of DNS servers: the one value that no design can tell and no call can find."""


def _own_variables(resource: Resource) -> dict[str, str]:
    if resource.type == "AWS::EC2::Instance":
        return {DNS_SERVER_AMI: "Image of the DNS servers, such as the newest Amazon Linux 2023."}
    if resource.type == "AWS::ApiGateway::Authorizer":
        what = "user pool" if resource.properties["Type"] == "COGNITO_USER_POOLS" else "function's invocation"
        name = f"{snake(resource.logical_id)}_arn"
        return {name: f"ARN of the {what} that {resource.purpose.replace('`', '')} asks."}
    return {}


def _block(scope: Scope, named: tuple[str, str], members: Sequence[Made], keys: dict[str, list[str]]) -> Block:
    kind = named[0]
    own = ".".join(named)
    each, arguments = fold(
        keys[own],
        [scope.resolve(dict(made.arguments)) for made in members],
        {address: there for address, there in keys.items() if address != own},
    )
    body: list[Any] = [*suppressions(kind, members)]
    body += [Comment(text) for text in _reasons(members)]
    body += [("for_each", each), None, *_spaced(arguments)]
    if kind == "terraform_data":
        body += [None, _provisioner()]
    lifecycle = members[0].lifecycle
    if lifecycle:
        body += [None, Block("lifecycle", (), list(lifecycle.items()))]
    after = _after(scope, members)
    if after:
        body += [None, ("depends_on", [Raw(each) for each in after])]
    return Block("resource", named, body)


def _provisioner() -> Block:
    environment = {
        "REGION": Raw("self.input.region"),
        "REST_API_ID": Raw("self.input.rest_api_id"),
        "STAGE_NAME": Raw("self.input.stage_name"),
        "ENDPOINTS": Raw('join(" ", self.input.vpc_endpoint_ids)'),
    }
    associate = (
        'for endpoint in $ENDPOINTS; do aws apigateway update-rest-api --region "$REGION" --rest-api-id '
        '"$REST_API_ID" --patch-operations "op=add,path=/endpointConfiguration/vpcEndpointIds,value=$endpoint"; '
        f"done && {_DEPLOY_AGAIN}"
    )
    return Block("provisioner", ("local-exec",), [("command", associate), ("environment", environment)])


def _spaced(arguments: Sequence[Any]) -> list[Any]:
    """Attributes first, then nested blocks, each after an empty line."""
    attributes = sorted(
        (each for each in arguments if not isinstance(each, Block)), key=lambda each: each[0] == "tags"
    )
    blocks = [each for each in arguments if isinstance(each, Block)]
    return attributes + [part for block in blocks for part in (None, block)]


def _reasons(members: Sequence[Made]) -> list[str]:
    """Why the block is there, each reason once; three tell enough of many like ones."""
    told: dict[str, None] = {}
    for made in members:
        text = made.source.purpose.replace("`", "")
        if text:
            told[f"{text[:1].upper()}{text[1:]}" + (f" ({made.source.rule})." if made.source.rule else ".")] = None
    reasons = list(told)
    return reasons if len(reasons) <= 3 else [*reasons[:2], f"… and {len(reasons) - 2} more of the kind."]


def _after(scope: Scope, members: Sequence[Made]) -> list[str]:
    """What the block waits for and does not name: whole blocks of this module, variables of others."""
    by_id = scope.plan.by_id
    found: dict[str, None] = {}
    for made in members:
        found |= dict.fromkeys(made.after)
        for name in made.source.depends_on:
            other = by_id[name]
            if other.exists:
                continue
            if (other.account, other.region) != (scope.side.account, scope.side.region):
                scope.crossing[name, None] = None
                found[f"var.{value_name(name, None)}"] = None
            elif made.kind == KINDS[made.source.type].terraform:
                found[block_of(other, by_id)] = None
                if other.type == "AWS::ApiGateway::Method":
                    found["aws_api_gateway_integration_response.this"] = None
    return list(found)


def close_module(plan: Plan, module: Module, given: Wanted) -> dict[str, list[Any]]:
    """All files of a module.

    Args:
        plan: the plan.
        module: its resources.
        given: what the root or other modules read of it.
    """
    by_id = plan.by_id
    variables: list[Any] = []
    for name, attribute in (*module.existing, *module.crossing):
        resource = by_id[name]
        state = "that exists" if resource.exists else "of another module"
        told = _text_of(resource, attribute)
        variables += _variable(value_name(name, attribute), f"{told}, {state}.")
    if module.takes_account:
        variables += _variable("account_id", "Number of the account that this is deployed to.")
    for name, description in module.extra.items():
        variables += _variable(name, description)
    outputs: list[Any] = []
    for name, attribute in given:
        body = [
            ("description", f"{_text_of(by_id[name], attribute)}."),
            ("value", Raw(expression_of(by_id[name], attribute, by_id))),
        ]
        outputs += [*([None] if outputs else []), Block("output", (value_name(name, attribute),), body)]
    files = dict(module.files)
    if variables:
        files["variables.tf"] = variables[1:]
    if outputs:
        files["outputs.tf"] = outputs
    files["versions.tf"] = [versions()]
    return files


def _text_of(resource: Resource, attribute: str | None) -> str:
    what = resource.purpose.replace("`", "") or resource.logical_id
    return f"{what[:1].upper()}{what[1:]}: {'its id' if attribute is None else attribute}"


def _variable(name: str, description: str) -> list[Any]:
    return [None, Block("variable", (name,), [("description", description), ("type", Raw("string"))])]


def versions() -> Block:
    """What runs it."""
    aws = {"source": "hashicorp/aws", "version": "~> 5.100"}
    return Block(
        "terraform",
        (),
        [("required_version", ">= 1.9"), None, Block("required_providers", (), [("aws", aws)])],
    )
