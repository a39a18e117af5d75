"""Names that EC2 gives to addresses: public and private hostnames, reverse names, `localhost` (RSLV-08)."""

import re

from narrowgate.engine.dns.connected_vpcs import Connection, connections_of, missing_connections
from narrowgate.engine.dns.ec2_holders import (
    FIRST_REGION,
    OCTETS,
    REGION,
    Holder,
    Hostname,
    address_of,
    by_private_ip,
    by_public_ip,
    parse_public_hostname,
)
from narrowgate.engine.dns.outcome import (
    PUBLIC,
    Outcome,
    Query,
    answered,
    change,
    doubted,
    passing,
    refused,
    undecided,
)
from narrowgate.engine.dns.record_text import records_text
from narrowgate.engine.network.vpcs import holds_address
from narrowgate.model.address import Address, parse_cidr
from narrowgate.model.answer import Missing, Rcode
from narrowgate.model.domain import normalise
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

AUTODEFINED = "autodefined"
"""`answered_by` where one of the rules that AWS makes itself answers (RSLV-08)."""

_PRIVATE = re.compile(rf"ip-{OCTETS}\.(?:ec2|compute-1|(?P<region>{REGION})\.compute)\.internal")
_BY_RESOURCE = re.compile(rf"(?P<instance>i-[0-9a-f]+)\.(?:ec2|(?P<region>{REGION})\.compute)\.internal")
_REVERSE = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa")
_RFC1918 = tuple(parse_cidr(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def answer_public_hostname(query: Query, hostname: Hostname, view_vpc: str | None = None) -> Outcome:
    """The public address; the private one inside the instance's VPC and where a connection has DNS support."""
    public_ip = str(hostname.address)
    holder = by_public_ip(query.snapshot).get(public_ip)
    if holder is None:
        gap = Missing(
            fact="ec2.describe_network_interfaces", resource=public_ip, why="no interface has that address"
        )
        return undecided(PUBLIC, "PEER-DNS-01", f"nobody knows whose public hostname {query.name} is", (gap,))
    if query.type != "A":
        return _no_such_type(query, "PEER-DNS-01")
    step = passing(PUBLIC, "PEER-DNS-01", f"{query.name} is the public address {public_ip}", chosen=public_ip)
    public = answered(
        step,
        records=records_text(query.name, "A", (public_ip,)),
        target=PUBLIC,
        addresses=(public_ip,),
    )
    if view_vpc is None or holder.vpc_id is None:
        return public
    private = _private_answer(query, holder, "PEER-DNS-01")
    if holder.vpc_id == view_vpc:
        return private
    return _over_connections(query, view_vpc, holder.vpc_id, (private, public))


def _over_connections(query: Query, view_vpc: str, vpc_id: str, answers: tuple[Outcome, Outcome]) -> Outcome:
    """The first answer where a connection with DNS support leads to the VPC, else the second."""
    connections = [each for each in connections_of(query.snapshot, view_vpc) if each.vpc_id == vpc_id]
    with_dns = next((each for each in connections if each.has_dns is True), None)
    if with_dns is not None:
        return _noting_gateway(answers[0], with_dns)
    gaps = [each.has_dns for each in connections if isinstance(each.has_dns, Missing)]
    gaps += missing_connections(query.snapshot, view_vpc)
    text = f"whether names of {vpc_id} turn private in {view_vpc} is unknown"
    return doubted((answers[1], answers[0]), gaps, view_vpc, "PEER-DNS-03", text) if gaps else answers[1]


def _noting_gateway(outcome: Outcome, connection: Connection) -> Outcome:
    if not connection.is_gateway:
        return outcome
    return outcome.after(
        warnings=(f"no AWS page states that DNS support of {connection.via} turns hostnames private (TGW-DNS-01)",)
    )


def _private_answer(query: Query, holder: Holder, rule: str) -> Outcome:
    step = passing(
        AUTODEFINED,
        rule,
        f"{query.name} is {holder.interface_id} with the private address {holder.private_ip}",
        chosen=holder.interface_id,
    )
    return answered(
        step,
        records=records_text(query.name, "A", (holder.private_ip,)),
        target=holder.interface_id,
        addresses=(holder.private_ip,),
    )


def _no_such_type(query: Query, rule: str) -> Outcome:
    return refused(
        Rcode.NODATA,
        Reason.DNS_NO_RECORD_OF_TYPE,
        AUTODEFINED,
        rule,
        f"{query.name} exists without a {query.type} record",
    )


def answer_autodefined(query: Query, view_vpc: str, region: str | None) -> Outcome:
    """What the rules that AWS makes itself say of a name that they cover (RSLV-08)."""
    name = query.name
    hostname = parse_public_hostname(name)
    if hostname is not None:
        return answer_public_hostname(query, hostname, view_vpc)
    found = _PRIVATE.fullmatch(name)
    address = address_of(found.groups()[:4]) if found else None
    if found is not None and address is not None:
        return _private_hostname(query, Hostname(address, found["region"] or FIRST_REGION), view_vpc, region)
    by_resource = _BY_RESOURCE.fullmatch(name)
    if by_resource is not None:
        return _resource_hostname(query, by_resource["instance"], view_vpc)
    reverse = _REVERSE.fullmatch(name)
    if reverse is not None:
        return _reverse(query, address_of(reverse.groups()[::-1]), view_vpc)
    if name in ("localhost", "localdomain"):
        return _localhost(query)
    return refused(
        Rcode.NXDOMAIN,
        Reason.DNS_NAME_NOT_FOUND,
        AUTODEFINED,
        "RSLV-08",
        f"an autodefined rule covers {name}, and EC2 gives out no such name",
    )


def _localhost(query: Query) -> Outcome:
    value = {"A": "127.0.0.1", "AAAA": "::1"}.get(query.type) if query.name == "localhost" else None
    if value is None:
        return _no_such_type(query, "RSLV-08")
    step = passing(AUTODEFINED, "RSLV-08", f"{query.name} is the host itself", chosen=query.name)
    return answered(
        step, records=records_text(query.name, query.type, (value,)), target=query.name, addresses=(value,)
    )


def _private_hostname(query: Query, hostname: Hostname, view_vpc: str, region: str | None) -> Outcome:
    """`ip-10-0-1-7…internal`: of the own VPC, and of connected ones as PEER-DNS-05 says."""
    snapshot, text = query.snapshot, str(hostname.address)
    holders = by_private_ip(snapshot).get(text, ())
    own = next((each for each in holders if each.vpc_id == view_vpc), None)
    if own is not None and hostname.region == (region or hostname.region):
        return _private_answer(query, own, "RSLV-08") if query.type == "A" else _no_such_type(query, "RSLV-08")
    absent = refused(
        Rcode.NXDOMAIN,
        Reason.DNS_NAME_NOT_FOUND,
        AUTODEFINED,
        "PEER-DNS-05",
        f"no interface of {view_vpc}, or of a VPC connected with it, is {query.name}",
    )
    if holds_address(snapshot, view_vpc, hostname.address) is not False and own is None:
        gap = Missing(
            fact="EC2 hostname of an address that no known interface has", resource=text, why="not documented"
        )
        return undecided(AUTODEFINED, "RSLV-08", f"no known interface of {view_vpc} has {text}", (gap,))
    if query.type != "A":
        return absent
    is_rfc1918 = any(block.first <= hostname.address.value <= block.last for block in _RFC1918)
    gaps = list(missing_connections(snapshot, view_vpc))
    outcomes: list[Outcome] = []
    for connection in connections_of(snapshot, view_vpc):
        holder = next((each for each in holders if each.vpc_id == connection.vpc_id), None)
        if holder is None or hostname.region != (connection.region or hostname.region):
            continue
        # PEER-DNS-05: in one Region a private address needs no option.
        needs_option = connection.region != region or not is_rfc1918
        state = connection.has_dns if needs_option else connection.is_up
        answer = _noting_gateway(_private_answer(query, holder, "PEER-DNS-05"), connection)
        if state is True:
            return answer
        if isinstance(state, Missing):
            outcomes.append(answer)
            gaps.append(state)
    if not outcomes and not (gaps and holders):
        return absent
    possible = outcomes or [_private_answer(query, holders[0], "PEER-DNS-05")]
    text = f"whether a VPC connected with {view_vpc} has {query.name} is unknown"
    return doubted((absent, *possible), gaps, view_vpc, "PEER-DNS-05", text)


def _resource_hostname(query: Query, instance_id: str, view_vpc: str) -> Outcome:
    instance = query.snapshot.facts.instances.get(instance_id)
    address = instance.private_ip_address if instance else None
    if instance is None or address is None or instance.vpc_id != view_vpc:
        gap = Missing(
            fact="ec2.describe_instances", resource=instance_id, why="not an instance of the asker's VPC"
        )
        return undecided(AUTODEFINED, "RSLV-08", f"whether {query.name} resolves is unknown", (gap,))
    if query.type != "A":
        return undecided(
            AUTODEFINED,
            "RSLV-08",
            f"the IPv6 address behind {query.name} is not modelled",
            (Missing(fact="resource-name hostname", resource=instance_id, why="not modelled"),),
        )
    holder = Holder(instance_id, view_vpc, address)
    return _private_answer(query, holder, "RSLV-08")


def _reverse(query: Query, address: Address | None, view_vpc: str) -> Outcome:
    """The name of an address (PTR); of the own VPC and of connected ones with DNS support (RSLV-09)."""
    snapshot = query.snapshot
    absent = refused(
        Rcode.NXDOMAIN,
        Reason.DNS_NAME_NOT_FOUND,
        AUTODEFINED,
        "RSLV-09",
        f"no interface of {view_vpc}, or of a VPC connected with DNS support, has the address of {query.name}",
    )
    if address is None:
        return absent
    if str(address) == "127.0.0.1":
        return _named(query, "localhost", "localhost")
    holders = by_private_ip(snapshot).get(str(address), ())
    own = next((each for each in holders if each.vpc_id == view_vpc), None)
    if own is not None:
        return _named(query, own.interface_id, _private_name(snapshot, own, view_vpc))
    if holds_address(snapshot, view_vpc, address) is not False:
        gap = Missing(
            fact="EC2 hostname of an address that no known interface has",
            resource=str(address),
            why="not documented",
        )
        return undecided(AUTODEFINED, "RSLV-08", f"no known interface of {view_vpc} has {address}", (gap,))
    for holder in holders:
        if holder.vpc_id is not None:
            named = _named(query, holder.interface_id, _private_name(snapshot, holder, holder.vpc_id))
            outcome = _over_connections(query, view_vpc, holder.vpc_id, (named, absent))
            if outcome is not absent:
                return outcome
    return absent


def _private_name(snapshot: Snapshot, holder: Holder, vpc_id: str) -> str | None:
    interface = snapshot.facts.network_interfaces.get(holder.interface_id)
    if interface is not None and interface.private_dns_name and interface.private_ip_address == holder.private_ip:
        return normalise(interface.private_dns_name)
    region = snapshot.region_of(vpc_id)
    if region is None:
        return None
    domain = "ec2.internal" if region == FIRST_REGION else f"{region}.compute.internal"
    return f"ip-{holder.private_ip.replace('.', '-')}.{domain}"


def _named(query: Query, component: str, name: str | None) -> Outcome:
    if query.type != "PTR":
        return _no_such_type(query, "RSLV-08")
    if name is None:
        gap = Missing(fact="Region of the interface", resource=component)
        return undecided(AUTODEFINED, "RSLV-08", f"the name of {component} needs its Region", (gap,))
    step = passing(AUTODEFINED, "RSLV-08", f"{query.name} is {name} ({component})", chosen=component)
    outcome = answered(step, records=records_text(query.name, "PTR", (name,)), target=component)
    return change(outcome, answered_by=AUTODEFINED)
