"""Who calls what through which endpoint, among the calls that fail by one policy."""

from collections.abc import Iterator, Sequence

import msgspec

from narrowgate.engine.http.deployed_methods import match_resource
from narrowgate.model.apigateway import DomainName
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.scene import Scene

ENDPOINT, VPC, ADDRESS, PUBLIC = "aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip", "aws:sourceip"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Hosts that come by the same endpoint from the same subnets, and the ARNs of the methods that they call.

    `domains` are the private custom domains that they come by, which an endpoint's policy has to admit as well.
    """

    endpoint: str
    endpoint_vpc: str
    vpcs: tuple[str, ...]
    blocks: tuple[str, ...]
    methods: tuple[str, ...]
    domains: tuple[str, ...] = ()

    def values(self, key: str) -> tuple[str, ...]:
        """What the calls have for a condition key, in lower case; the right one for a wrong one (KEY-04)."""
        match key:
            case "aws:sourcevpce":
                return (self.endpoint,)
            case "aws:sourcevpc":
                return (self.endpoint_vpc,)
            case "aws:vpcsourceip" | "aws:sourceip":
                return self.blocks
        return ()


def callers_of(scenes: Sequence[Scene]) -> tuple[Caller, ...]:
    """The callers of calls that came as far as the policies, each with all of its methods."""
    found: dict[tuple[str, tuple[str, ...]], tuple[Scene, dict[str, None]]] = {}
    for scene in scenes:
        blocks = tuple(dict.fromkeys(_blocks(scene)))
        for endpoint, method in _called(scene):
            found.setdefault((endpoint, blocks), (scene, {}))[1][method] = None
    return tuple(
        Caller(
            endpoint=endpoint,
            endpoint_vpc=scene.facts.vpc_endpoints[endpoint].vpc_id,
            vpcs=scene.client_vpcs,
            blocks=blocks,
            methods=tuple(methods),
            domains=tuple(_domains(scene)),
        )
        for (endpoint, blocks), (scene, methods) in found.items()
    )


def _domains(scene: Scene) -> Iterator[str]:
    for each in scene.facts.domain_names.values():
        if each.domain_name == scene.host_name and (named := domain_resource(each)):
            yield named


def domain_resource(domain: DomainName) -> str:
    """A private custom domain as policies name it; empty where it has no ARN (POL-31)."""
    return (domain.domain_name_arn or "").replace(":apigateway:", ":execute-api:")


def _called(scene: Scene) -> Iterator[tuple[str, str]]:
    for path in scene.answer.paths:
        known = path.endpoint in scene.facts.vpc_endpoints
        if path.endpoint and known and path.authorization is not None and path.authorization.resource:
            yield path.endpoint, _method(scene.snapshot, path.authorization.resource)


def _blocks(scene: Scene) -> Iterator[str]:
    """The blocks of the subnets that the callers stand in; their addresses where they stand in none."""
    for host in scene.hosts:
        subnet = scene.facts.subnets.get(host.subnet_id or "")
        if subnet is not None and subnet.cidr_block:
            yield subnet.cidr_block
        elif host.addresses:
            yield f"{host.addresses[0]}/{32 if host.addresses[0].family == 4 else 128}"


def _method(snapshot: Snapshot, arn: str) -> str:
    """A call's ARN as its method's: `*` where the resource has a variable, which each call fills otherwise."""
    head, stage, verb, path = (*arn.split("/", 3), "", "")[:4]
    known = snapshot.facts.api_resources.get(head.rpartition(":")[2], ())
    resource = match_resource(tuple(each.path or "/" for each in known), f"/{path}")
    if resource is None or "{" not in resource:
        return arn
    pairs = zip(resource.strip("/").split("/"), path.split("/"), strict=False)
    parts = ("*" if pattern.startswith("{") else own for pattern, own in pairs)
    return "/".join((head, stage, verb, *parts))


def short_form(arn: str) -> str:
    """The short form, which API Gateway takes in the policies that it holds (POL-16)."""
    return f"execute-api:/{arn.partition('/')[2]}"
