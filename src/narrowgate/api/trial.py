"""A design's option as Terraform of its own, networks and all, and read back: a trial where nothing exists yet.

`generate` asks for the ids of what a design says is there. A trial makes that as well, so that its folder is a
whole estate: it can be read, traced and deployed by itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from narrowgate import __version__
from narrowgate.api.counterparts import world_in
from narrowgate.api.design_checks import check_against
from narrowgate.api.designs import load_design
from narrowgate.api.generate import generated_files
from narrowgate.api.questions import trace
from narrowgate.generate.files import Index, write_files
from narrowgate.generate.plan import Plan, make_plan
from narrowgate.model.demonstration import ReadBack, WrittenAt
from narrowgate.model.design import DEFAULT_ACCOUNT, Design
from narrowgate.model.resource import Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.expectations import trace_permissions
from narrowgate.options.option import Option
from narrowgate.options.parts.networks import subnet_ref
from narrowgate.options.registry import find_option
from narrowgate.sources.resources.build import build_world
from narrowgate.sources.terraform.written import snapshot_by_text


def write_trial(path: Path, option: str, folder: Path, *, without: str | None = None) -> tuple[str, ...]:
    """Write an option of a design with everything that it stands on, and name the files.

    Args:
        path: the design file.
        option: the way to connect.
        folder: an empty folder, or one of an earlier trial.
        without: the logical id of a resource to leave out.

    Raises:
        InputError: the design cannot be read, or files are in the way.
    """
    plan = _plan(load_design(path), find_option(option), without)
    index = Index(
        narrowgate=__version__, design=plan.design.name, option=plan.option.name, format="terraform", files={}
    )
    files = generated_files(plan, "terraform")
    write_files(folder, files, index)
    return tuple(sorted(files))


def _plan(design: Design, option: Option, without: str | None) -> Plan:
    resources = tuple(_to_make(each) for each in option.resources(design) if each.logical_id != without)
    accounts = design.accounts
    if DEFAULT_ACCOUNT not in {number for _, number in accounts}:
        # Told, it stands in the code as a number: a variable without a value would leave policies unknown.
        accounts = (*accounts, ("trial", DEFAULT_ACCOUNT))
    return make_plan(msgspec.structs.replace(design, links=(), accounts=accounts), option, resources)


def _to_make(resource: Resource) -> Resource:
    stated: dict[str, Any] = {}
    if resource.type == "AWS::EC2::SecurityGroup" and resource.exists:
        # What exists has AWS's own rule for all that leaves; Terraform takes it from a group that it makes.
        stated["SecurityGroupEgress"] = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
    return msgspec.structs.replace(
        resource, exists=False, physical_id=None, properties={**stated, **resource.properties}
    )


def read_trial(path: Path, option: str, folder: Path, files: tuple[str, ...]) -> tuple[Snapshot, ReadBack]:
    """Read a trial's folder by its text alone, hold the design against it, and trace the first call it allows.

    The caller is a host of its consumer's first subnet; a consumer in a VPC comes first in the design.

    Raises:
        InputError: the design cannot be read, or the folder lacks what an expectation asks about.
        TerraformFailed: the text cannot be computed.
    """
    snapshot = snapshot_by_text(folder)
    snapshot.label = "the generated Terraform"
    _tell_files_below(snapshot, folder)
    design = msgspec.structs.replace(load_design(path), via=option)
    way = find_option(option)
    resources = way.resources(design)
    world = world_in(snapshot, resources, build_world(resources), source=snapshot.label)
    call = trace_permissions(world, design, way)[0]
    consumer = next(each for each in design.consumers if each.name == call.consumer)
    vpc = design.vpc(consumer.vpc or "")
    client = world.text(subnet_ref(vpc, vpc.subnets[0]))
    answer = trace(snapshot, client, call.url, method=call.method, headers=call.headers)
    return snapshot, ReadBack(
        files=files,
        check=check_against(path, snapshot, snapshot.label),
        trace=answer,
        written=dict(_written(snapshot)),
    )


def _tell_files_below(snapshot: Snapshot, folder: Path) -> None:
    """Files are named as they stand in the folder: it may be one that is soon gone."""
    prefix = f"{folder}/"
    snapshot.places = {
        own: msgspec.structs.replace(place, source=place.source.removeprefix(prefix))
        for own, place in snapshot.places.items()
    }


def _written(snapshot: Snapshot) -> Iterator[tuple[str, WrittenAt]]:
    for own, place in snapshot.places.items():
        if place.address and place.line:
            # `module.us_east_1.aws_vpc.this["api_vpc"]` is `api_vpc` to whoever reads the code.
            name = place.address.partition('["')[2].removesuffix('"]') or place.address
            yield own, WrittenAt(name=name, file=place.source, line=place.line)
