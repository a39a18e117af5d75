"""What AWS would refuse, or could never work: refused with place, rule and way out before anything is made."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NoReturn

from narrowgate.engine.policy.document import compile_policy
from narrowgate.model.address import Cidr, is_address, parse_cidr
from narrowgate.model.design import Api, Consumer, Design, Expectation, Link, Vpc, Where
from narrowgate.model.errors import InputError
from narrowgate.model.policy import ProofOutcome
from narrowgate.options.parts.policies import REFERENCE

_NARROWEST = "add an `Allow` statement, or leave `policy` out to have the narrowest one written"
_NOTHING = (
    '{"Version":"2012-10-17","Statement":'
    '[{"Effect":"Deny","Principal":"*","Action":"execute-api:*","Resource":"*"}]}'
)
_OWN_ALLOW_NEEDED = frozenset({"NONE", "COGNITO_USER_POOLS"})


def check_design(design: Design) -> None:
    """Refuse a design that contradicts itself or AWS.

    Raises:
        InputError: with file, line, the rule, and what to do.
    """
    for vpc in design.vpcs:
        _check_vpc(vpc)
    _check_ids(design)
    for link in design.links:
        _check_link(design, link)
    _check_pairs(design.links)
    for network in design.on_premises:
        home = design.vpc(network.vpc)
        if _overlap(home.blocks(), [parse_cidr(text) for text in network.cidrs]):
            _refuse(
                network.where,
                f"the ranges of `{network.name}` and `{home.name}` overlap",
                "no route can part them",
            )
    for api in design.apis:
        _check_api(design, api)
    for consumer in design.consumers:
        _check_consumer(design, consumer)
    for expectation in design.expect:
        _check_expectation(design, expectation)


def _refuse(where: Where, message: str, help: str = "") -> NoReturn:
    raise InputError(message, where=str(where), help=help)


def _overlap(some: Iterable[Cidr], others: Iterable[Cidr]) -> tuple[Cidr, Cidr] | None:
    others = tuple(others)
    return next(((a, b) for a in some for b in others if a.overlaps(b)), None)


def _check_vpc(vpc: Vpc) -> None:
    for first, second in combinations(vpc.blocks(), 2):
        if first.overlaps(second):
            _refuse(vpc.where, f"`{vpc.name}` has the range {first} twice over: {second} overlaps it")
    for subnet in vpc.subnets:
        if not any(block.covers(parse_cidr(subnet.cidr)) for block in vpc.blocks()):
            _refuse(vpc.where, f"subnet {subnet.cidr} lies outside `{vpc.name}`", f"it is {', '.join(vpc.cidrs)}")
    for one, other in combinations(vpc.subnets, 2):
        if parse_cidr(one.cidr).overlaps(parse_cidr(other.cidr)):
            _refuse(vpc.where, f"subnets {one.cidr} and {other.cidr} of `{vpc.name}` overlap")
        if vpc.id is None and (one.id or other.id):
            _refuse(vpc.where, f"`{vpc.name}` has subnets with ids and no id of its own", "add `id: vpc-…`")
    if vpc.dns_hostnames and not vpc.dns_support:
        _refuse(
            vpc.where,
            f"`{vpc.name}` cannot have dns_hostnames without dns_support (DNS-05)",
            "set both or neither",
        )
    _check_private_names(vpc)


def _check_private_names(vpc: Vpc) -> None:
    """One owner a name: endpoints with private DNS and private zones share one space of names (PHZ-03, PHZ-08)."""
    with_dns = [each.service for each in vpc.endpoints if each.private_dns]
    if with_dns and not (vpc.dns_support and vpc.dns_hostnames):
        _refuse(
            vpc.where,
            f"`{vpc.name}` has an endpoint with private DNS and not both DNS attributes (DNS-05)",
            "set dns_support and dns_hostnames, or `private_dns: false`",
        )
    for service in with_dns:
        if with_dns.count(service) > 1:
            _refuse(
                vpc.where,
                f"`{vpc.name}` has two {service} endpoints with private DNS (VPCE-DNS-07)",
                "`private_dns: false` on one of them",
            )
        name = f"{service}.{vpc.region}.amazonaws.com"
        if any(zone.name == name for zone in vpc.private_zones):
            _refuse(
                vpc.where,
                f"`{vpc.name}` has the private zone {name} beside an endpoint with that private DNS (PHZ-08)",
                "`private_dns: false`, or a zone for the one API's name",
            )


def _check_ids(design: Design) -> None:
    seen: dict[str, str] = {}
    for vpc in design.vpcs:
        for own_id in (vpc.id, *(each.id for each in vpc.subnets), *(each.id for each in vpc.endpoints)):
            if own_id is not None and seen.setdefault(own_id, vpc.name) != vpc.name:
                _refuse(vpc.where, f"`{own_id}` stands in `{seen[own_id]}` already", "one place an id")
    ids = [api.id for api in design.apis if api.id]
    for api in design.apis:
        if api.id and ids.count(api.id) > 1:
            _refuse(api.where, f"two APIs have the id `{api.id}`")


def _check_link(design: Design, link: Link) -> None:
    members = [design.vpc(name) for name in link.vpcs]
    for one, other in combinations(members, 2):
        shared = _overlap(one.blocks(), other.blocks())
        if shared is not None:
            rule = "PCX-04" if link.kind == "peering" else "TGW-06"
            _refuse(
                link.where,
                f"`{one.name}` and `{other.name}` overlap ({shared[0]}, {shared[1]}): AWS joins no such pair "
                f"({rule})",
                "take the link out: `privatelink` needs none",
            )
    regions = sorted({each.region for each in members})
    if link.kind == "transit_gateway" and len(regions) > 1:
        _refuse(
            link.where,
            f"one transit gateway cannot join {' and '.join(regions)} (TGW-09)",
            "a gateway stands in one Region",
        )
    if link.dns_resolution and not all(each.dns_support and each.dns_hostnames for each in members):
        _refuse(link.where, "DNS resolution needs both DNS attributes in both VPCs (PEER-DNS-04)")


def _check_pairs(links: Sequence[Link]) -> None:
    seen: set[frozenset[str]] = set()
    for link in links:
        if link.kind == "peering":
            pair = frozenset(link.vpcs)
            if pair in seen:
                _refuse(
                    link.where, f"`{'` and `'.join(link.vpcs)}` are peered already (PCX-09)", "one peering a pair"
                )
            seen.add(pair)


def _check_api(design: Design, api: Api) -> None:
    if api.is_private and api.vpc is not None and design.vpc(api.vpc).region != api.region:
        _refuse(
            api.where,
            f"`{api.name}` is in {api.region} and its VPC in {design.vpc(api.vpc).region} (AGW-16)",
            "an execute-api endpoint serves APIs of its own Region only",
        )
    if not api.is_private:
        for field, value in (("custom_domain", api.custom_domain), ("policy", api.policy)):
            if value is not None:
                _refuse(api.where, f"`{field}` is read for private APIs only")
    if api.policy is not None:
        _check_policy(design, api)
    if api.custom_domain is not None:
        others = [each.name for each in design.apis if each.custom_domain == api.custom_domain]
        if len(others) > 1:
            _refuse(
                api.where, f"`{others[0]}` has the custom domain name too: one endpoint cannot serve both (AGW-08)"
            )


def _check_policy(design: Design, api: Api) -> None:
    """A policy without an allow refuses everyone, unless something else gives the allow (POL-02, POL-06)."""
    known = [vpc.name for vpc in design.vpcs]
    for found in REFERENCE.finditer(api.policy or ""):
        if found["name"] not in known:
            _refuse(
                api.where,
                f"the policy of `{api.name}` names `{found[0][:60]}`, and the design has no such VPC",
                f"it has {', '.join(known)}",
            )
    try:
        compile_policy(api.policy or "", where=f"the policy of {api.name}")
    except InputError as error:
        _refuse(api.where, f"{error.where}: {error.message}", error.help)
    document = json.loads(api.policy or "{}")
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    if api.authorization in _OWN_ALLOW_NEEDED and not any(each.get("Effect") == "Allow" for each in statements):
        _refuse(
            api.where,
            f"the policy of `{api.name}` admits nobody: it allows nothing (POL-06)",
            _NARROWEST,
        )
    has_deny = any(each.get("Effect") == "Deny" for each in statements)
    if api.authorization in _OWN_ALLOW_NEEDED and has_deny and _denies_everything(api.policy or ""):
        _refuse(
            api.where,
            f"the policy of `{api.name}` admits nobody: its `Deny` covers every call that it allows (POL-05)",
            "narrow the `Deny` by a condition, or leave `policy` out to have the narrowest one written",
        )


def _denies_everything(policy: str) -> bool:
    """Proven over all requests; what is beyond proof is left to the engine, call by call."""
    # The automata are needed for a policy of the user's own only.
    from narrowgate.engine.policy.proof.inclusion import no_wider_than

    # A reference stands for an id that nobody knows yet: one of its own, of the right form, tells it from others.
    told = compile_policy(REFERENCE.sub(_made_up_id, policy), where="")
    nothing = compile_policy(_NOTHING, where="")
    return no_wider_than(told, nothing).outcome is ProofOutcome.HOLDS


def _made_up_id(found: re.Match[str]) -> str:
    kind = "vpc" if found[0].startswith("${vpcs") else "vpce"
    return f"{kind}-{hashlib.sha256(found[0].encode()).hexdigest()[:17]}"


def _check_consumer(design: Design, consumer: Consumer) -> None:
    for permission in consumer.may_call:
        api = design.api(permission.api)
        if api.is_private and api.authorization == "AWS_IAM" and consumer.principal is None:
            _refuse(
                consumer.where,
                f"`{api.name}` asks for signed calls, and `{consumer.name}` signs none (POL-28)",
                "`principal: arn:aws:iam::…:role/…`",
            )


def _check_expectation(design: Design, expectation: Expectation) -> None:
    if expectation.verb == "resolve":
        return
    if expectation.verb == "reach":
        _check_socket(expectation)
    elif "://" not in expectation.target and expectation.must:
        api = design.api(expectation.target)
        consumer = design.consumer(expectation.consumer)
        if api.is_private and api.name not in {each.api for each in consumer.may_call}:
            _refuse(
                expectation.where,
                f"`{consumer.name}` must call `{api.name}`, which its `may_call` does not name",
                f"`may_call: [{api.name}]`",
            )


def _check_socket(expectation: Expectation) -> None:
    host = expectation.target.rpartition(":")[0]
    if not is_address(host):
        _refuse(
            expectation.where,
            f"`{host[:60]}` is no address",
            "a socket is `10.0.1.20:5432`; names belong to `call`",
        )
