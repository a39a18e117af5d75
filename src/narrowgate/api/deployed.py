"""What was deployed, judged again: the design's promises asked of what was collected afterwards."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from narrowgate.api.counterparts import attributes_in
from narrowgate.api.generate import promises_of
from narrowgate.generate.plan import Plan
from narrowgate.model.answer import Verdict
from narrowgate.model.comparison import ExpectationAnswer, OptionAnswer
from narrowgate.model.deployment import Promise
from narrowgate.model.design import Design
from narrowgate.model.resource import Ref, Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.compare.expectations import judge_expectation, trace_permissions
from narrowgate.options.option import Option
from narrowgate.options.parts.endpoints import callers_of
from narrowgate.options.world import World

Attributes = dict[tuple[str, str], str]


def world_of(plan: Plan, snapshot: Snapshot, ids: Mapping[str, str], attributes: Attributes) -> World:
    """The collected estate with what each resource of the plan came to be.

    Args:
        plan: the resources.
        snapshot: what was collected.
        ids: ids of resources that were made, and of existing ones that are known already.
        attributes: attributes of either.
    """
    found = dict(ids)
    for resource in plan.resources:
        if resource.exists and resource.logical_id not in found:
            own = resource.physical_id or _known_by_content(resource, found, snapshot)
            if own is not None:
                found[resource.logical_id] = own
    seen = {(name, told): value for name, own in found.items() for told, value in attributes_in(snapshot, own)}
    return World(snapshot=snapshot, ids=found, attributes={**attributes, **seen})


def calls_of(plan: Plan, world: World) -> tuple[str, ...]:
    """The URLs to call, as far as everything in them is known."""
    design = plan.design
    found: dict[str, None] = {}
    for api in design.private_apis:
        for consumer in callers_of(design, api):
            call = plan.option.call(design, consumer, api)
            with suppress(KeyError):
                found[f"https://{world.text(call.host)}{world.text(call.path)}"] = None
    return tuple(found)


def _known_by_content(resource: Resource, ids: Mapping[str, str], snapshot: Snapshot) -> str | None:
    """The one collected resource that is like an existing one of the design; None where none or several are."""
    properties = resource.properties
    owner = properties.get("VpcId")
    vpc_id = ids.get(owner.logical_id) if isinstance(owner, Ref) else None
    facts = snapshot.facts
    alike: list[str]
    match resource.type:
        case "AWS::EC2::VPC":
            name = next((each["Value"] for each in properties.get("Tags", ()) if each["Key"] == "Name"), None)
            alike = [each.vpc_id for each in facts.vpcs.values() if each.cidr_block == properties["CidrBlock"]]
            named = [each for each in alike if name in {tag.value for tag in facts.vpcs[each].tags}]
            alike = named or alike
        case "AWS::EC2::Subnet":
            alike = [
                each.subnet_id
                for each in facts.subnets.values()
                if (each.vpc_id, each.cidr_block) == (vpc_id, properties["CidrBlock"])
            ]
        case "AWS::EC2::VPCEndpoint":
            alike = [
                each.vpc_endpoint_id
                for each in facts.vpc_endpoints.values()
                if (each.vpc_id, each.service_name) == (vpc_id, properties["ServiceName"])
            ]
        case "AWS::ApiGateway::RestApi":
            alike = [each.id for each in facts.rest_apis.values() if each.name == properties["Name"]]
        case _:
            alike = []
    return alike[0] if len(alike) == 1 else None


def judge_again(
    world: World | None, design: Design, option: Option, judged: OptionAnswer
) -> tuple[tuple[Promise, ...], tuple[ExpectationAnswer, ...]]:
    """Every promise before and after; and the answers of what was found. Without a world, those before alone.

    A promise about something that nobody recognises in what was collected is `unknown`, never taken as kept.
    """
    before = promises_of(judged.calls, judged.expectations)
    if world is None:
        return tuple(Promise(expectation=e.expectation, before=e.verdict, text=e.text) for e in before), ()
    after = tuple(_after(world, design, option, before))
    pairs = zip(before, after, strict=True)
    told = tuple(
        Promise(expectation=one.expectation, before=one.verdict, after=other.verdict, text=other.text)
        for one, other in pairs
    )
    return told, after


def _after(
    world: World, design: Design, option: Option, before: Iterable[ExpectationAnswer]
) -> Iterable[ExpectationAnswer]:
    try:
        calls = trace_permissions(world, design, option)
        expectations = tuple(judge_expectation(world, design, option, each) for each in design.expect)
    except KeyError as error:
        what = error.args[0] if isinstance(error.args[0], str) else ".".join(error.args[0])
        text = f"nothing that was collected is known to be `{what}` of the design"
        return [ExpectationAnswer(expectation=e.expectation, verdict=Verdict.UNKNOWN, text=text) for e in before]
    return promises_of(calls, expectations)
