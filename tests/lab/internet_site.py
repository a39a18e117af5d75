"""A VPC with ways to the Internet, as it should be and with random faults in whatever decides a packet's fate."""

from random import Random

from tests.builders import Estate, allow, deny, snapshot_of, tcp

from narrowgate.api.lab_comparison import compare
from narrowgate.api.lab_questions import Question
from narrowgate.lab.observe import Query, observe
from narrowgate.model.laboratory import Compared

ELSEWHERE = "192.0.2.10"
PUBLIC, BARE, NAT = "198.51.100.1", "198.51.100.3", "198.51.100.9"
BLOCKS = ("0.0.0.0/0", "10.1.0.0/16", "10.1.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
PORTS = (443, (0, 65535), (1024, 65535))
NAMES = ("public", "private", "bare")


class Site:
    """A VPC with an internet gateway: a public host, one behind a NAT gateway, one whose subnet has no public
    addresses; and one with IPv6 alone that may call out and not be called."""

    def __init__(self) -> None:
        self.estate = estate = Estate()
        self.vpc = estate.vpc("10.1.0.0/16", "requester", ipv6="2001:db8:1::/56")
        self.gateway = estate.internet_gateway(self.vpc)
        self.group = estate.security_group(self.vpc, "hosts", ingress=[tcp(443, "0.0.0.0/0", "::/0")])
        self.subnets = {
            name: estate.subnet(self.vpc, f"10.1.{number}.0/24", name="s" + name, ipv6=f"2001:db8:1:{number}::/64")
            for number, name in enumerate(("public", "private", "bare"))
        }
        self.nat = estate.nat_gateway(self.subnets["public"], public_ip="198.51.100.9")
        self.tables = {
            name: estate.route_table(self.vpc, name, subnets=[subnet]) for name, subnet in self.subnets.items()
        }
        estate.route(self.tables["public"], "0.0.0.0/0", self.gateway)
        estate.route(self.tables["private"], "0.0.0.0/0", self.nat)
        estate.route(self.tables["bare"], "0.0.0.0/0", self.gateway)
        self.hosts = {
            name: estate.instance(subnet, name, [self.group], ipv6=f"2001:db8:1:{number}::10")
            for number, (name, subnet) in enumerate(self.subnets.items())
        }
        interface = self.interface("public")
        estate.resource(interface)["Association"] = {"PublicIp": "198.51.100.1", "IpOwnerId": "amazon"}
        self.public_api = estate.rest_api("status", {"/status": ["GET"]}, kind="REGIONAL")
        estate.deploy(self.public_api)

    def interface(self, name: str) -> str:
        return self.estate.resource(self.hosts[name])["NetworkInterfaces"][0]["NetworkInterfaceId"]

    def url(self) -> str:
        return f"https://{self.public_api}.execute-api.us-east-1.amazonaws.com/prod/status"

    def compared(self, *asked: tuple[str, str, str]) -> list[Compared]:
        """What the engine and packets say of (host, kind, target)."""
        snapshot = snapshot_of(self.estate)
        questions = [
            Question(client=host, host=host, kind=kind, target=target)
            for name, kind, target in asked
            for host in (self.hosts.get(name, name),)
        ]
        seen = observe(snapshot, [Query(client=q.host, kind=q.kind, target=q.target) for q in questions])
        assert not seen.left_out
        return [compare(snapshot, q, found) for q, found in zip(questions, seen.answers, strict=True)]


def random_site(seed: int) -> Site:
    """A site whose routes, groups, ACLs and addresses are drawn from one seed."""
    random, site = Random(seed), Site()
    estate = site.estate
    for name in NAMES:
        if random.random() < 0.35:
            estate.route(site.tables[name], "0.0.0.0/0", random.choice([site.gateway, site.nat]))
        if random.random() < 0.15:
            block = random.choice(["192.0.2.0/24", "198.51.100.0/24"])
            estate.route(site.tables[name], block, random.choice([site.gateway, site.nat]))
        if random.random() < 0.1:
            estate.remove_route(site.tables[name], "0.0.0.0/0")
        if random.random() < 0.3:
            entries = [
                random.choice((allow, allow, deny))(
                    100 + number, random.choice(BLOCKS), protocol="tcp", ports=random.choice(PORTS), egress=egress
                )
                for egress in (False, True)
                for number in range(random.choice((1, 2, 3)))
            ]
            estate.network_acl(site.vpc, f"acl-{name}", entries=entries, subnets=[site.subnets[name]])
    if random.random() < 0.4:
        rules = [[tcp(random.choice(PORTS), *random.sample(BLOCKS, 2))] for _ in range(2)]
        estate.set_permissions(site.group, ingress=rules[0], egress=rules[1])
    if random.random() < 0.1:
        estate.resource(site.nat)["State"] = "failed"
    if random.random() < 0.3:
        estate.resource(site.interface("bare"))["Association"] = {"PublicIp": BARE, "IpOwnerId": "amazon"}
    if random.random() < 0.2:
        estate.resource(site.interface("public")).pop("Association")
    return site
