"""What a usual estate holds beside a design: without it, nobody could see what an option opens or breaks.

A design that names other private APIs, public APIs, private zones and endpoints is judged on these. For those that
it does not name, stand-ins are put in place, and answers mark them.
"""

import msgspec

from narrowgate.model.design import Api, Design, PrivateZone, Route, ServiceEndpoint, Vpc

OTHER_API = "another-teams-api"
PUBLIC_API = "a-public-api"
_PROVIDER_ZONE = "corp.internal"
_CONSUMER_ZONE = "team.internal"
_SERVICE = "secretsmanager"
# Open to every endpoint of every account, as many policies are (POL-06).
_OPEN_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",'
    '"Action":"execute-api:Invoke","Resource":"execute-api:/*"}]}'
)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """A design with its stand-ins, and what they are called."""

    design: Design
    apis: frozenset[str]
    zones: frozenset[str]
    services: frozenset[str]


def surround(design: Design) -> Surroundings:
    """Add what the design does not name."""
    apis = list(design.apis)
    added: list[str] = []
    first = next((api for api in design.apis if api.is_private), None)
    if first is not None:
        callable_apis = {each.api for consumer in design.consumers for each in consumer.may_call}
        if not any(api.is_private and api.name not in callable_apis for api in design.apis):
            apis.append(_other_api(first))
            added.append(OTHER_API)
        if all(api.is_private for api in design.apis):
            apis.append(_public_api(first))
            added.append(PUBLIC_API)
    providers = {api.vpc for api in design.private_apis}
    has_zones = any(vpc.private_zones for vpc in design.vpcs if vpc.name in providers)
    has_services = any(each.service != "execute-api" for vpc in design.vpcs for each in vpc.endpoints)
    vpcs = tuple(
        _furnish(vpc, is_provider=vpc.name in providers, zones=not has_zones, services=not has_services)
        for vpc in design.vpcs
    )
    return Surroundings(
        design=msgspec.structs.replace(design, apis=tuple(apis), vpcs=vpcs),
        apis=frozenset(added),
        zones=frozenset(
            zone.name
            for vpc in vpcs
            for zone in vpc.private_zones
            if zone not in design.vpc(vpc.name).private_zones
        ),
        services=frozenset() if has_services else frozenset({_SERVICE}),
    )


def _other_api(like: Api) -> Api:
    return Api(
        name=OTHER_API,
        vpc=None,
        account=like.account,
        region=like.region,
        routes=(Route(method="GET", path="/reports"),),
        policy=_OPEN_POLICY,
    )


def _public_api(like: Api) -> Api:
    return Api(
        name=PUBLIC_API,
        vpc=None,
        account=like.account,
        region=like.region,
        routes=(Route(method="GET", path="/status"),),
        endpoint_type="REGIONAL",
    )


def _furnish(vpc: Vpc, *, is_provider: bool, zones: bool, services: bool) -> Vpc:
    """A private zone in every VPC that has none, and a service's endpoint in those of APIs."""
    changed = vpc
    own_zone = _PROVIDER_ZONE if is_provider else _CONSUMER_ZONE
    if not vpc.private_zones and (zones or not is_provider) and vpc.dns_support and vpc.dns_hostnames:
        address = vpc.cidrs[0].partition("/")[0].rpartition(".")[0] + ".20"
        zone = PrivateZone(name=own_zone, records=((f"db.{own_zone}", address),))
        changed = msgspec.structs.replace(changed, private_zones=(zone,))
    if is_provider and services and vpc.dns_support and vpc.dns_hostnames:
        endpoint = ServiceEndpoint(service=_SERVICE)
        changed = msgspec.structs.replace(changed, endpoints=(*vpc.endpoints, endpoint))
    return changed
