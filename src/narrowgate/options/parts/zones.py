"""Private hosted zones on the consumers' side, with an alias to an endpoint (PHZ-04, PHZ-05)."""

from collections.abc import Callable

from narrowgate.model.design import Api, Design, Vpc
from narrowgate.model.resource import Join, Ref, Resource
from narrowgate.options.option import Fit, refused
from narrowgate.options.parts.endpoints import callers_of, name_zone, own_name
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import endpoint_ref, vpc_ref
from narrowgate.options.parts.resource_list import Because, Place, ResourceList, Text, place_of


def check_dns_attributes(design: Design) -> Fit | None:
    """Private zones and private DNS act only in VPCs with both DNS attributes on (DNS-05)."""
    for vpc in consumer_vpcs(design):
        if not (vpc.dns_support and vpc.dns_hostnames):
            return refused(
                "DNS-05",
                f"`{vpc.name}` has a DNS attribute off, and private names need both",
                "turn on enableDnsSupport and enableDnsHostnames",
            )
    return None


def consumer_vpcs(design: Design, api: Api | None = None) -> tuple[Vpc, ...]:
    """The VPCs whose hosts call a private API (or the one given), each once."""
    apis = design.private_apis if api is None else (api,)
    names = dict.fromkeys(
        consumer.vpc for each in apis for consumer in callers_of(design, each) if consumer.vpc is not None
    )
    return tuple(design.vpc(name) for name in names)


def alias_zones(design: Design, name_of: Callable[[Api], Join | str]) -> tuple[Resource, ...]:
    """For each API and consumer account, a zone with the API's name at its top, alias to the API's endpoint."""
    found = ResourceList()
    for api in design.private_apis:
        by_account: dict[str, list[Vpc]] = {}
        for vpc in consumer_vpcs(design, api):
            by_account.setdefault(vpc.account, []).append(vpc)
        for vpcs in by_account.values():
            provider = design.vpc(api.vpc or "")
            zone = add_zone(found, api, name_of(api), vpcs)
            endpoint = endpoint_ref(provider)
            add_alias(found, zone, name_of(api), (own_name(endpoint), name_zone(endpoint)), place_of(vpcs[0]))
    return found.all()


def add_zone(found: ResourceList, api: Api, name: Text, vpcs: list[Vpc]) -> Ref:
    """A private zone for some VPCs of one account."""
    return found.add(
        logical_id(vpcs[0].name, "zone-for", api.name),
        "AWS::Route53::HostedZone",
        Place(vpcs[0].account, vpcs[0].region),
        {"Name": name, "VPCs": [{"VPCId": vpc_ref(vpc), "VPCRegion": vpc.region} for vpc in vpcs]},
        Because(
            f"the name of `{api.name}` and no other, for {', '.join(f'`{vpc.name}`' for vpc in vpcs)}", "PHZ-05"
        ),
    )


def add_alias(found: ResourceList, zone: Ref, name: Text, target: tuple[Text, Text], place: Place) -> Ref:
    """An alias A record; `target` is a name and the hosted zone that it stands in."""
    return found.add(
        logical_id(zone.logical_id, "record"),
        "AWS::Route53::RecordSet",
        place,
        {
            "HostedZoneId": zone,
            "Name": name,
            "Type": "A",
            "AliasTarget": {"DNSName": target[0], "HostedZoneId": target[1], "EvaluateTargetHealth": False},
        },
        Because("the endpoint's addresses; such answers cost nothing", "PHZ-04"),
    )
