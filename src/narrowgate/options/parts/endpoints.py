"""execute-api endpoints: the only way into a private API (AGW-01), in every Availability Zone of the design."""

from collections.abc import Mapping, Sequence

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import GetAtt, Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import (
    EXECUTE_API,
    endpoint_group_ref,
    endpoint_ref,
    one_a_zone,
    subnet_ref,
    vpc_ref,
)
from narrowgate.options.parts.policies import Door, Policy, endpoint_policy, sources_of
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of, tags
from narrowgate.options.parts.security_groups import HTTPS, Group, add_group, add_rules, admit

Users = Sequence[tuple[Api, Sequence[Consumer]]]
"""The APIs that an endpoint serves, each with the consumers that call it there."""


def callers_of(design: Design, api: Api) -> tuple[Consumer, ...]:
    """The consumers that may call an API."""
    return tuple(each for each in design.consumers if any(entry.api == api.name for entry in each.may_call))


def central_users(design: Design) -> dict[str, Users]:
    """For each VPC of an API's team: its APIs with their consumers, as one shared endpoint there serves them."""
    found: dict[str, list[tuple[Api, Sequence[Consumer]]]] = {}
    for api in design.private_apis:
        if api.vpc is not None:
            found.setdefault(api.vpc, []).append((api, callers_of(design, api)))
    return dict(found)


def central_doors(design: Design, *, behind: Sequence[str] | None = None) -> dict[str, tuple[Door, ...]]:
    """For each API its doors: the endpoint of its VPC, once for each consumer.

    With `behind`, what calls is a device with these addresses, and the endpoint cannot tell consumers apart.
    """
    return {
        api.name: tuple(
            Door(
                endpoint=endpoint_ref(design.vpc(api.vpc or "")),
                consumer=consumer,
                sources=sources_of(design, consumer) if behind is None else None,
            )
            for consumer in callers_of(design, api)
        )
        for api in design.private_apis
    }


def central_endpoints(
    design: Design,
    *,
    private_dns: bool,
    behind: Mapping[str, Sequence[str]] | None = None,
    with_domains: bool = False,
) -> tuple[Resource, ...]:
    """The endpoint of each API's VPC.

    Args:
        design: the design.
        private_dns: whether its private DNS is on.
        behind: by VPC, the addresses that call in the consumers' place, as those of a balancer do.
        with_domains: whether calls come by private custom domain names, which its policy has to name (VPE-05).
    """
    found = ResourceList()
    for name, users in central_users(design).items():
        vpc = design.vpc(name)
        consumers = dict.fromkeys(consumer.name for _, each in users for consumer in each)
        sources = [block for each in consumers for block in sources_of(design, design.consumer(each))]
        policy = endpoint_policy(users, with_domains=with_domains)
        add_endpoint(found, vpc, policy, (behind or {}).get(name, sources), private_dns=private_dns)
    return found.all()


def add_endpoint(
    found: ResourceList, vpc: Vpc, policy: Policy, sources: Sequence[str], *, private_dns: bool
) -> Ref:
    """An endpoint with its group and policy; one that the VPC has already is used, and its group widened."""
    rules = admit("tcp", HTTPS, sources, "calls of private APIs")
    if vpc.endpoint(EXECUTE_API) is not None:
        because = Because(f"the endpoint of `{vpc.name}` admits its new callers", "SG-06")
        add_rules(found, vpc, endpoint_group_ref(vpc), rules, because)
        return endpoint_ref(vpc)
    group = add_group(
        found,
        endpoint_group_ref(vpc).logical_id,
        Group(
            vpc=vpc,
            name=f"{vpc.name}-{EXECUTE_API}",
            ingress=rules,
            because=Because(f"admits callers of private APIs to the endpoint in `{vpc.name}`", "SG-06"),
        ),
    )
    own = found.add(
        endpoint_ref(vpc).logical_id,
        "AWS::EC2::VPCEndpoint",
        place_of(vpc),
        {
            "VpcEndpointType": "Interface",
            "ServiceName": f"com.amazonaws.{vpc.region}.{EXECUTE_API}",
            "VpcId": vpc_ref(vpc),
            "SubnetIds": [subnet_ref(vpc, subnet) for subnet in one_a_zone(vpc)],
            "SecurityGroupIds": [group],
            "PrivateDnsEnabled": private_dns,
            "Tags": tags(f"{vpc.name}-{EXECUTE_API}"),
        },
        Because(f"the way into private APIs, in `{vpc.name}`", "AGW-01"),
    )
    # The policy names APIs whose own policy names the endpoint: set apart, so that neither waits for the other.
    found.add(
        logical_id(own.logical_id, "policy"),
        "Custom::VpcEndpointPolicy",
        place_of(vpc),
        {"VpcEndpointId": own, "PolicyDocument": policy},
        Because("this network may call the named methods of the named APIs, and no other API", "VPE-02"),
    )
    return own


def own_name(endpoint: Ref) -> GetAtt:
    """The endpoint's own Regional name, a public one with private addresses (VPCE-DNS-02)."""
    return GetAtt(endpoint.logical_id, "DnsEntries.0.DnsName")


def name_zone(endpoint: Ref) -> GetAtt:
    """The hosted zone of that name, which an alias record has to tell (PHZ-04)."""
    return GetAtt(endpoint.logical_id, "DnsEntries.0.HostedZoneId")


def addresses(vpc: Vpc, endpoint: Ref) -> tuple[GetAtt, ...]:
    """The endpoint's addresses, one in each Availability Zone."""
    return tuple(
        GetAtt(endpoint.logical_id, f"NetworkInterfaces.{at}.PrivateIpAddress")
        for at in range(len(one_a_zone(vpc)))
    )
