"""A design file to start from: a commented example, or one that takes over what a snapshot holds."""

from collections.abc import Iterator, Sequence
from textwrap import dedent

from narrowgate.model.apigateway import RestApi
from narrowgate.model.domain import normalise
from narrowgate.model.fact import UnsetType
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.vpc import Subnet, Vpc
from narrowgate.sources.design.starter_names import Names, quoted

STARTER = dedent("""\
    # narrowgate.yaml - who may call which private API, and what must stay closed.
    # Every field: `narrowgate schema design`, docs/design-file.md. Then: `narrowgate compare narrowgate.yaml`.

    region: us-east-1
    # account: "111122223333"            # default: the account that deploys

    vpcs:
      requester:
        cidr: 10.1.0.0/16                # two Availability Zones, subnets cut from the range
        # id: vpc-0a1b2c3d4e5f60718      # for one that exists; then name its subnets too:
        # subnets:
        #   - {cidr: 10.1.1.0/24, az: a, id: subnet-0a1b2c3d4e5f60718, route_table: rtb-0a1b2c3d4e5f60718}
      api:
        cidr: 10.0.0.0/16
        # private_zones: {corp.internal: {db: 10.0.1.20}}   # what must not become visible by accident
        # endpoints: [secretsmanager]

    apis:
      orders:
        vpc: api                         # where its endpoint stands; the API itself is in no VPC
        routes: [GET /orders, POST /orders, "GET /orders/{id}"]
        # openapi: orders.yaml           # or take the routes from a file
        # id: a1b2c3d4e5                 # for one that exists; then name its stage
        # stage: prod
        # authorization: none            # none, iam, lambda, cognito
        # custom_domain: orders.internal.example.com
      # status: {type: regional, routes: [GET /status]}     # a public API that must go on working

    consumers:
      web:
        vpc: requester
        may_call: [orders]               # or some routes: [{orders: [GET /orders]}]

    # links:                             # what joins the VPCs already
    #   - peering: [requester, api]

    constraints:
      keep_public_apis: true             # private DNS takes every public API of the Region away
      # no_route53: true
      # no_new_peering: true
      # max_monthly_cost: 50

    via: auto                            # or an option that `narrowgate compare` lists

    expect:                              # beside every may_call
      - web must not reach 10.0.1.20:5432
      # - web must not resolve db.corp.internal

    usage: {requests: 1_000_000, gigabytes: 10, dns_queries: 2_000_000}
""")


def design_from_snapshot(snapshot: Snapshot, *, label: str) -> str:
    """A design file that holds the VPCs, links, endpoints and APIs of a snapshot, for a person to complete."""
    names = Names(snapshot)
    return "\n".join([*_lines(snapshot, names, label), ""])


def _lines(snapshot: Snapshot, names: Names, label: str) -> Iterator[str]:
    regions = [snapshot.region_of(vpc_id) or "us-east-1" for vpc_id in snapshot.facts.vpcs]
    region = max(sorted(set(regions)), key=regions.count, default="us-east-1")
    yield f"# Taken over from {label}: say who may call what, then `narrowgate compare narrowgate.yaml`."
    yield ""
    yield f"region: {region}"
    yield ""
    yield "vpcs:"
    for vpc_id, name in names.vpcs.items():
        yield from _vpc(snapshot, snapshot.facts.vpcs[vpc_id], name, region)
    apis = list(_apis(snapshot, names))
    if apis:
        yield ""
        yield "apis:"
        yield from apis
    links = list(_links(snapshot, names))
    if links:
        yield ""
        yield "links:"
        yield from links
    yield ""
    yield from _consumers(snapshot, names)


def _vpc(snapshot: Snapshot, vpc: Vpc, name: str, default_region: str) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    id: {vpc.vpc_id}"
    blocks = [
        each.cidr_block
        for each in vpc.cidr_block_association_set
        if each.cidr_block_state.state not in ("disassociated", "disassociating")
    ] or ([vpc.cidr_block] if isinstance(vpc.cidr_block, str) else [])
    yield f"    cidr: {blocks[0] if len(blocks) == 1 else '[' + ', '.join(blocks) + ']'}"
    account, region = snapshot.account_of(vpc.vpc_id), snapshot.region_of(vpc.vpc_id)
    if account:
        yield f'    account: "{account}"'
    if region and region != default_region:
        yield f"    region: {region}"
    attributes = snapshot.facts.vpc_attributes.get(vpc.vpc_id, {})
    for field, attribute in (("dns_support", "enable_dns_support"), ("dns_hostnames", "enable_dns_hostnames")):
        if attributes.get(attribute) is False:
            yield f"    {field}: false"
    yield "    subnets:"
    for subnet in snapshot.facts.subnets.values():
        if subnet.vpc_id == vpc.vpc_id and subnet.cidr_block:
            yield f"      - {_subnet(snapshot, subnet)}"
    yield from _zones(snapshot, vpc)
    endpoints = [each for each in snapshot.facts.vpc_endpoints.values() if each.vpc_id == vpc.vpc_id]
    interface = [each for each in endpoints if each.vpc_endpoint_type == "Interface"]
    if interface:
        yield "    endpoints:"
        for endpoint in interface:
            yield f"      - {_endpoint(endpoint)}"


def _subnet(snapshot: Snapshot, subnet: Subnet) -> str:
    parts = [f"cidr: {subnet.cidr_block}"]
    if subnet.availability_zone:
        parts.append(f"az: {subnet.availability_zone}")
    parts.append(f"id: {subnet.subnet_id}")
    table = _table_of(snapshot, subnet)
    if table:
        parts.append(f"route_table: {table}")
    return "{" + ", ".join(parts) + "}"


def _table_of(snapshot: Snapshot, subnet: Subnet) -> str | None:
    """The subnet's own table, else the VPC's main one (NET-01)."""
    main = None
    for table in snapshot.facts.route_tables.values():
        if table.vpc_id != subnet.vpc_id or isinstance(table.associations, UnsetType):
            continue
        for each in table.associations:
            if each.subnet_id == subnet.subnet_id:
                return table.route_table_id
            if each.main:
                main = table.route_table_id
    return main


def _zones(snapshot: Snapshot, vpc: Vpc) -> Iterator[str]:
    """Private zones with their plain addresses: what must not become visible by accident."""
    lines = []
    for zone_id, vpcs in snapshot.facts.hosted_zone_vpcs.items():
        zone = snapshot.facts.hosted_zones.get(zone_id)
        if zone is None or all(each.vpc_id != vpc.vpc_id for each in vpcs):
            continue
        domain = normalise(zone.name)
        records = {
            normalise(each.name).removesuffix(domain).rstrip(".") or '"@"': each.resource_records[0].value
            for each in snapshot.facts.record_sets.get(zone_id, ())
            if each.type == "A" and each.resource_records and "*" not in normalise(each.name)
        }
        lines.append(f"      {domain}: {{{', '.join(f'{name}: {value}' for name, value in records.items())}}}")
    if lines:
        yield "    private_zones:"
        yield from lines


def _endpoint(endpoint: VpcEndpoint) -> str:
    service = (
        "" if isinstance(endpoint.service_name, UnsetType) else ".".join(endpoint.service_name.split(".")[3:])
    )
    parts = [f"service: {service}", f"id: {endpoint.vpc_endpoint_id}"]
    if endpoint.private_dns_enabled is False:
        parts.append("private_dns: false")
    if not isinstance(endpoint.groups, UnsetType) and len(endpoint.groups) == 1:
        parts.append(f"security_group: {endpoint.groups[0].group_id}")
    return "{" + ", ".join(parts) + "}"


def _apis(snapshot: Snapshot, names: Names) -> Iterator[str]:
    for api_id, name in names.apis.items():
        api = snapshot.facts.rest_apis[api_id]
        stages = [each.stage_name for each in snapshot.facts.api_stages.get(api_id, ())]
        routes = list(_routes(snapshot, api_id))
        if not stages or not routes:
            yield f"  # {name}: {api_id} has no stage or no method yet"
            continue
        yield f"  {name}:"
        yield f"    id: {api_id}"
        kind = _endpoint_type(api)
        if kind != "PRIVATE":
            yield f"    type: {kind.lower()}"
        else:
            vpc = _vpc_of(snapshot, names, api)
            if vpc:
                yield f"    vpc: {vpc}"
        account = snapshot.account_of(api_id)
        if account:
            yield f'    account: "{account}"'
        yield f"    stage: {stages[0]}"
        yield f"    routes: [{', '.join(quoted(route) for route in routes)}]"


def _endpoint_type(api: RestApi) -> str:
    if isinstance(api.endpoint_configuration, UnsetType) or not api.endpoint_configuration.types:
        return "PRIVATE"
    return api.endpoint_configuration.types[0]


def _routes(snapshot: Snapshot, api_id: str) -> Iterator[str]:
    for resource in snapshot.facts.api_resources.get(api_id, ()):
        if resource.path and not isinstance(resource.resource_methods, UnsetType):
            for method in resource.resource_methods:
                yield f"{method} {resource.path}"


def _vpc_of(snapshot: Snapshot, names: Names, api: RestApi) -> str | None:
    """The VPC of an endpoint that the API lists, else one in its account that has an execute-api endpoint."""
    listed: Sequence[str] = ()
    if not isinstance(api.endpoint_configuration, UnsetType):
        listed = api.endpoint_configuration.vpc_endpoint_ids
    candidates = [snapshot.facts.vpc_endpoints[each] for each in listed if each in snapshot.facts.vpc_endpoints]
    candidates += [
        each
        for each in snapshot.facts.vpc_endpoints.values()
        if str(each.service_name).endswith(".execute-api")
        and snapshot.account_of(each.vpc_endpoint_id) == snapshot.account_of(api.id)
    ]
    return next((names.vpcs[each.vpc_id] for each in candidates if each.vpc_id in names.vpcs), None)


def _links(snapshot: Snapshot, names: Names) -> Iterator[str]:
    for peering in snapshot.facts.vpc_peering_connections.values():
        sides = (peering.requester_vpc_info.vpc_id, peering.accepter_vpc_info.vpc_id)
        if peering.status.code == "active" and all(side in names.vpcs for side in sides):
            pair = ", ".join(names.vpcs[side or ""] for side in sides)
            yield f"  - {{peering: [{pair}], id: {peering.vpc_peering_connection_id}}}"
    gateways: dict[str, list[str]] = {}
    for attachment in snapshot.facts.transit_gateway_vpc_attachments.values():
        if attachment.state == "available" and attachment.vpc_id in names.vpcs:
            gateways.setdefault(attachment.transit_gateway_id, []).append(names.vpcs[attachment.vpc_id])
    for gateway_id, members in gateways.items():
        if len(members) > 1:
            yield f"  - {{transit_gateway: [{', '.join(members)}], id: {gateway_id}}}"


def _consumers(snapshot: Snapshot, names: Names) -> Iterator[str]:
    """Nobody's wishes stand in a snapshot: one example to complete."""
    apis = snapshot.facts.rest_apis
    private = [name for own, name in names.apis.items() if _endpoint_type(apis[own]) == "PRIVATE"]
    vpc = next(iter(names.vpcs.values()), "requester")
    yield "# consumers:                # who may call what"
    yield "#   web:"
    yield f"#     vpc: {vpc}"
    yield f"#     may_call: [{', '.join(private) or 'orders'}]"
