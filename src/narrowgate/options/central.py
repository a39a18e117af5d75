"""The base of options with one endpoint beside the API, over a path: peering, a hub, or links that exist."""

import abc
from typing import ClassVar

from narrowgate.model.design import Design
from narrowgate.model.resource import Resource
from narrowgate.options.option import FITS, Fit, Option, refused
from narrowgate.options.parts.base import base_resources
from narrowgate.options.parts.endpoints import central_doors, central_endpoints
from narrowgate.options.parts.paths import home_of, overlapping_pair
from narrowgate.options.parts.peerings import peering_resources
from narrowgate.options.parts.resource_list import ResourceList, Text
from narrowgate.options.parts.rest_apis import api_resources


class CentralOption(Option, abc.ABC):
    """One endpoint in the API's VPC serves every consumer."""

    private_dns: ClassVar[bool] = False
    """Whether the endpoint's private DNS is needed."""
    has_domains: ClassVar[bool] = False
    """Whether calls come by private custom domain names."""
    has_alias_names: ClassVar[bool] = False
    """Whether the API is associated with the endpoint."""

    def applies(self, design: Design) -> Fit:
        """Refused without a VPC for the endpoint, or where no packet can pass."""
        return (
            check_private_apis(design)
            or self._check_endpoint(design)
            or self.check_path(design)
            or self.check(design)
            or FITS
        )

    def _check_endpoint(self, design: Design) -> Fit | None:
        """Default names can be called without an endpoint, and fail; every other name is the endpoint's."""
        return check_endpoint(design) if not self.private_dns else None

    def check(self, design: Design) -> Fit | None:
        """What else the option asks for."""
        return None

    def check_path(self, design: Design) -> Fit | None:
        """Whether the consumers' packets can reach the endpoint."""
        return check_peering(design)

    def path_resources(self, design: Design) -> tuple[Resource, ...]:
        """What joins the VPCs that nothing joins yet."""
        return peering_resources(design)

    def resources(self, design: Design) -> tuple[Resource, ...]:
        """The base, the path, the endpoint, the APIs, and the option's own."""
        found = ResourceList()
        found.extend(base_resources(design))
        found.extend(self.path_resources(design))
        found.extend(self.door_resources(design))
        found.extend(self.naming_resources(design))
        return found.all()

    def door_resources(self, design: Design) -> tuple[Resource, ...]:
        """The endpoints, and the APIs that admit them."""
        if design.constraints.no_endpoint:
            return api_resources(design, {api.name: () for api in design.private_apis})
        doors = central_doors(design)
        associated: dict[str, list[Text]] = {}
        if self.has_alias_names:
            associated = {name: [each[0].endpoint] for name, each in doors.items() if each}
        return (
            *central_endpoints(design, private_dns=self.private_dns, with_domains=self.has_domains),
            *api_resources(design, doors, associated),
        )

    def naming_resources(self, design: Design) -> tuple[Resource, ...]:
        """What makes the name that consumers call resolve; nothing by default."""
        return ()


def check_endpoint(design: Design) -> Fit | None:
    """The endpoint is the only way into a private API."""
    if design.constraints.no_endpoint:
        return refused(
            "AGW-01", "it is called by an endpoint, and `no_endpoint` rules that out", "take `no_endpoint` out"
        )
    return None


def check_private_apis(design: Design) -> Fit | None:
    """An endpoint beside the API needs a VPC to stand in."""
    if not design.private_apis:
        return refused("AGW-01", "no consumer may call a private API", "name one in `may_call`")
    for api in design.private_apis:
        if api.vpc is None:
            return refused(
                "AGW-01",
                f"`{api.name}` names no VPC for an endpoint: a private API is in none itself",
                f"`apis.{api.name}.vpc`, or an endpoint on the consumers' side (`privatelink`)",
            )
    return None


def check_peering(design: Design) -> Fit | None:
    """Peering joins no overlapping ranges, and carries no packets of other networks."""
    return check_overlap(design, "PCX-04", "AWS refuses such a peering") or check_edges(design)


def check_overlap(design: Design, rule: str, words: str) -> Fit | None:
    """Ranges that overlap have no route to each other."""
    overlap = overlapping_pair(design)
    if overlap is None:
        return None
    one, other = overlap
    return refused(
        rule,
        f"`{one.name}` ({', '.join(one.cidrs)}) and `{other.name}` ({', '.join(other.cidrs)}) overlap: {words}",
        "an endpoint in the consumer's own VPC needs no route (`privatelink`)",
    )


def check_edges(design: Design) -> Fit | None:
    """A peering has no edge: packets of a network on premises cannot go on through it (PCX-08)."""
    for consumer in design.consumers:
        if consumer.on_premises is None:
            continue
        home = home_of(design, consumer)
        for permission in consumer.may_call:
            api = design.api(permission.api)
            if api.is_private and api.vpc not in (None, home.name):
                return refused(
                    "PCX-08",
                    f"`{consumer.name}` comes in by `{home.name}`, and packets from outside go no further than "
                    f"that VPC, while the endpoint stands in `{api.vpc}`",
                    f"an endpoint in `{home.name}` (`privatelink`)",
                )
    return None
