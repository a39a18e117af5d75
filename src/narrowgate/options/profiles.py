"""`profiles`: a Route 53 Profile that carries the API's private zone to many VPCs."""

from narrowgate.model.design import Api, Consumer, Design, Vpc
from narrowgate.model.resource import GetAtt, Resource
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Fit, Limit, default_name, refused
from narrowgate.options.parts.endpoints import name_zone, own_name
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.networks import endpoint_ref, vpc_ref
from narrowgate.options.parts.resource_list import Because, ResourceList, place_of
from narrowgate.options.parts.zones import add_alias, add_zone, check_dns_attributes, consumer_vpcs


class Profiles(CentralOption):
    """Peering, a private zone for the API's name beside the API, and a Profile that shares it."""

    name = "profiles"
    title = "a Route 53 Profile that carries a zone for the one API's name to every VPC"
    when = (
        "Dozens of consumer VPCs in many accounts get the same private names, and their price is small beside "
        "that of associating each zone with each VPC by hand."
    )

    def check(self, design: Design) -> Fit | None:
        """A Profile is Regional, and a VPC takes one."""
        for api in design.private_apis:
            for vpc in consumer_vpcs(design, api):
                if vpc.region != api.region:
                    return refused(
                        "PROF-01",
                        f"`{vpc.name}` is in {vpc.region} and `{api.name}` in {api.region}: a Profile is Regional",
                        "a hosted zone can be associated with VPCs of every Region (`hosted-zone`)",
                    )
        if not consumer_vpcs(design):
            return refused("PROF-01", "no consumer's VPC is there for a Profile to act in")
        return check_dns_attributes(design)

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """For each API VPC a Profile with the zones of its APIs, shared with the consumers' accounts."""
        found = ResourceList()
        for name in dict.fromkeys(api.vpc or "" for api in design.private_apis):
            vpc = design.vpc(name)
            apis = [api for api in design.private_apis if api.vpc == name]
            users = {each.name: each for api in apis for each in consumer_vpcs(design, api)}
            _profile(found, vpc, apis, [each for each in users.values() if each.name != name])
        return found.all()

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name."""
        return Call(host=default_name(api), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """A Profile pays off for many VPCs only."""
        return (
            Limit(rule="PROF-03", text="a VPC took one Profile for long; several are recent"),
            Limit(rule="PROF-02", text="a zone of the same name that a VPC has itself wins over the Profile's"),
        )


def _profile(found: ResourceList, vpc: Vpc, apis: list[Api], users: list[Vpc]) -> None:
    place = place_of(vpc)
    name = logical_id(vpc.name, "profile")
    profile = found.add(
        name,
        "AWS::Route53Profiles::Profile",
        place,
        {"Name": f"{vpc.name}-apis"},
        Because("carries the names of private APIs to many VPCs", "PROF-01"),
    )
    for api in apis:
        zone = add_zone(found, api, default_name(api), [vpc])
        endpoint = endpoint_ref(vpc)
        add_alias(found, zone, default_name(api), (own_name(endpoint), name_zone(endpoint)), place)
        found.add(
            logical_id(name, "carries", api.name),
            "AWS::Route53Profiles::ProfileResourceAssociation",
            place,
            {"ProfileId": profile, "Name": api.name, "ResourceArn": GetAtt(zone.logical_id, "Arn")},
            Because(f"the Profile carries the name of `{api.name}`", "PROF-01"),
        )
    others = sorted({each.account for each in users} - {vpc.account})
    if others:
        found.add(
            logical_id(name, "share"),
            "AWS::RAM::ResourceShare",
            place,
            {"Name": name, "ResourceArns": [GetAtt(name, "Arn")], "Principals": others},
            Because("other accounts associate the Profile with their VPCs", "PROF-01"),
        )
    for user in users:
        association = logical_id(name, "in", user.name)
        found.add(
            association,
            "AWS::Route53Profiles::ProfileAssociation",
            place_of(user),
            {"ProfileId": profile, "ResourceId": vpc_ref(user), "Name": user.name},
            Because(f"the Profile acts in `{user.name}`", "PROF-01"),
        )
        if user.account != vpc.account:
            found.order(association, after=[logical_id(name, "share")])
