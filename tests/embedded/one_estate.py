"""One estate four times: as a design, a Terraform plan, templates, and as collected after `terraform apply`."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from tests.tools import ROOT, terraform
from tests.unit.generate import every

from narrowgate.api.collecting import Wish, collect_accounts
from narrowgate.api.generate import generated_files
from narrowgate.api.sources import load
from narrowgate.deploy.embedded.clients import Clients
from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.generate.plan import Plan
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.registry import find_option
from narrowgate.sources.design.read import load_design
from narrowgate.sources.resources.build import build_world

_ROLE = "arn:aws:iam::{}:role/narrowgate"
_QUIET = ("-input=false", "-no-color")


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Where one estate is told."""

    option: str
    design: Path
    """A copy of the example that means the option."""
    plan: Path
    """What `terraform show -json` says of the plan, beside the text that it was made of."""
    stacks: Path
    collected: Path
    second_plan: str
    """What Terraform says when it is asked again."""
    designed: Snapshot
    aws: Clients
    """The embedded AWS, which still runs."""
    wish: Wish

    def snapshots(self) -> dict[str, Snapshot]:
        """Each source, read as the product reads it."""
        found = {"plan": load(self.plan), "templates": load(self.stacks), "collected": load(self.collected)}
        return {"design": self.designed, **found}

    def collect_again(self, folder: Path) -> Path:
        """What is there now."""
        collect_accounts(folder, self.wish)
        return folder


@contextmanager
def applied(example: str, option: str, machine: dict[str, str], folder: Path) -> Iterator[Sources]:
    """An example by an option, networks and all, through Terraform into an embedded AWS.

    Args:
        example: the folder's name below `examples`.
        option: the way to connect.
        machine: an environment with Terraform.
        folder: an empty folder.
    """
    design = folder / "narrowgate.yaml"
    text = (ROOT / "examples" / example / "narrowgate.yaml").read_text()
    design.write_text(re.sub(r"(?m)^via: .*$", "", text) + f"\nvia: {option}\n")
    plan = every.whole_plan(load_design(design), find_option(option))
    every.write(folder / "terraform", generated_files(plan, "terraform"))
    every.write(folder / "stacks", generated_files(plan, "cloudformation"))
    with EmbeddedAws(plan.sides[0].account) as aws:
        clients = Clients(aws)
        _without_default_networks(clients, plan)
        _write_variables(folder / "terraform", plan, clients)
        ours = aws.environment(plan.sides[0].region)
        environment = {**machine, **{name: value for name, value in ours.items() if name.startswith("AWS_")}}
        wish = Wish(
            role_arns=tuple(_ROLE.format(each) for each in _accounts(plan)),
            regions=tuple(sorted({each.region for each in plan.sides})),
            endpoint_url=aws.url,
            access_key=("embedded", "embedded"),
        )
        second = _apply(folder / "terraform", environment)
        collect_accounts(folder / "snapshot", wish)
        yield Sources(
            option=option,
            design=design,
            plan=folder / "terraform" / "plan.json",
            stacks=folder / "stacks",
            collected=folder / "snapshot",
            second_plan=second,
            designed=build_world(plan.resources).snapshot,
            aws=clients,
            wish=wish,
        )


def _apply(folder: Path, environment: dict[str, str]) -> str:
    terraform(folder, environment, "init", *_QUIET)
    terraform(folder, environment, "plan", *_QUIET, "-out=it.tfplan")
    (folder / "plan.json").write_text(terraform(folder, environment, "show", "-json", "it.tfplan"))
    terraform(folder, environment, "apply", *_QUIET, "it.tfplan")
    return terraform(folder, environment, "plan", *_QUIET)


def _accounts(plan: Plan) -> list[str]:
    return list(dict.fromkeys(each.account for each in plan.sides))


def _write_variables(folder: Path, plan: Plan, clients: Clients) -> None:
    names = {number: name for name, number in plan.design.accounts}
    values: dict[str, Any] = {}
    if len(_accounts(plan)) > 1:
        values["role_arns"] = {names[each]: _ROLE.format(each) for each in _accounts(plan)}
    server = next((each for each in plan.made if each.type == "AWS::EC2::Instance"), None)
    if server is not None:
        ec2 = clients.client(server.account, server.region, "ec2")
        values["dns_server_ami"] = ec2.register_image(Name="server", Architecture="x86_64")["ImageId"]
    (folder / "it.auto.tfvars.json").write_text(json.dumps(values))


def _without_default_networks(clients: Clients, plan: Plan) -> None:
    """A design has no default VPC; accounts lose theirs as people take them away."""
    for side in plan.sides:
        ec2 = clients.client(side.account, side.region, "ec2")
        (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        for subnet in _of(ec2.describe_subnets, vpc, "vpc-id")["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for gateway in _of(ec2.describe_internet_gateways, vpc, "attachment.vpc-id")["InternetGateways"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
            ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def _of(describe: Any, vpc: dict[str, Any], name: str) -> Any:
    return describe(Filters=[{"Name": name, "Values": [vpc["VpcId"]]}])


def of_ours(snapshot: Snapshot) -> Snapshot:
    """Without what AWS has in every account and zone, and no source but an account tells.

    These are its own prefix lists, the name servers of each hosted zone, and the comments of zones; and whether a
    domain's policy names the domain by `execute-api:/*`, which is the same (POL-31).
    """
    facts = snapshot.facts
    for own in [own for own, each in facts.managed_prefix_lists.items() if each.owner_id == "AWS"]:
        del facts.managed_prefix_lists[own]
        facts.prefix_list_entries.pop(own, None)
    facts.prefix_lists.clear()
    for zone, records in facts.record_sets.items():
        facts.record_sets[zone] = tuple(each for each in records if each.type not in {"NS", "SOA"})
    for zone, each in facts.hosted_zones.items():
        facts.hosted_zones[zone] = msgspec.structs.replace(
            each, config=msgspec.structs.replace(each.config, comment=None)
        )
    for own, domain in facts.domain_names.items():
        if isinstance(domain.policy, str):
            arn = str(domain.domain_name_arn).replace(":apigateway:", ":execute-api:")
            long = domain.policy.replace("execute-api:/*", arn)
            facts.domain_names[own] = msgspec.structs.replace(domain, policy=long)
    return snapshot
