"""A design: who may call which private API, from where, and what must stay closed. Plain values, no I/O.

A design names VPCs, APIs, consumers and links by names of its own; ids stand only beside what exists already. All
references are checked before a `Design` is made: `design.vpc("api")` cannot fail for a name that the design holds.
"""

import msgspec

from narrowgate.model.address import Cidr, parse_cidr

DEFAULT_ACCOUNT = "111122223333"
"""Stands for "the account that deploys this" where a design names none."""


class DesignRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all parts of a design."""


class Where(DesignRecord, frozen=True, kw_only=True):
    """File, line and column of a part, for messages; empty for designs that were not read from a file."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.file else ""


class Subnet(DesignRecord, frozen=True, kw_only=True):
    """A subnet; `az` is the zone's letter. `id` and `route_table` are given for one that exists."""

    name: str
    cidr: str
    az: str
    id: str | None = None
    route_table: str | None = None


class PrivateZone(DesignRecord, frozen=True, kw_only=True):
    """A private hosted zone that a VPC has already: it must not become visible by accident."""

    name: str
    records: tuple[tuple[str, str], ...] = ()
    """Pairs of absolute name and address."""


class ServiceEndpoint(DesignRecord, frozen=True, kw_only=True):
    """An interface endpoint that a VPC has already, such as `secretsmanager`."""

    service: str
    id: str | None = None
    private_dns: bool = True
    security_group: str | None = None


class Vpc(DesignRecord, frozen=True, kw_only=True):
    """A VPC: to be made, or existing where it has an `id`."""

    name: str
    account: str
    region: str
    cidrs: tuple[str, ...]
    subnets: tuple[Subnet, ...]
    id: str | None = None
    dns_support: bool = True
    dns_hostnames: bool = True
    private_zones: tuple[PrivateZone, ...] = ()
    endpoints: tuple[ServiceEndpoint, ...] = ()
    where: Where = Where()

    def blocks(self) -> tuple[Cidr, ...]:
        """Its address ranges."""
        return tuple(parse_cidr(text) for text in self.cidrs)

    def endpoint(self, service: str) -> ServiceEndpoint | None:
        """The endpoint of a service that it has already."""
        return next((each for each in self.endpoints if each.service == service), None)


class Route(DesignRecord, frozen=True, kw_only=True):
    """A method of an API: `GET /orders/{id}`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Api(DesignRecord, frozen=True, kw_only=True):
    """A REST API.

    A private API stands in no VPC (AGW-01): `vpc` is the network of the team that owns it, where its interface
    endpoint stands or will stand. `endpoint_type` is `PRIVATE`, `REGIONAL` or `EDGE`.
    """

    name: str
    vpc: str | None
    account: str
    region: str
    routes: tuple[Route, ...]
    endpoint_type: str = "PRIVATE"
    id: str | None = None
    stage: str = "prod"
    authorization: str = "NONE"
    """`NONE`, `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`."""
    custom_domain: str | None = None
    certificate: str | None = None
    policy: str | None = None
    """A resource policy of the user's own, as JSON; None lets each option write the narrowest one."""
    where: Where = Where()
    policy_where: Where | None = None
    """Where its policy is written, if the design tells one."""

    @property
    def is_private(self) -> bool:
        """True for a private API."""
        return self.endpoint_type == "PRIVATE"


class OnPremises(DesignRecord, frozen=True, kw_only=True):
    """A network outside AWS that a VPN or Direct Connect joins to a VPC."""

    name: str
    cidrs: tuple[str, ...]
    vpc: str
    where: Where = Where()


class Permission(DesignRecord, frozen=True, kw_only=True):
    """What a consumer may call: some routes of an API."""

    api: str
    routes: tuple[Route, ...]


class Consumer(DesignRecord, frozen=True, kw_only=True):
    """Who calls: hosts in a VPC's subnets, one address there, or a network on premises.

    `principal` is the ARN that signs calls of an API with IAM authorization. Browsers cannot send the headers that
    some names need (AGW-07).
    """

    name: str
    vpc: str | None
    on_premises: str | None = None
    subnets: tuple[str, ...] = ()
    address: str | None = None
    may_call: tuple[Permission, ...] = ()
    principal: str | None = None
    is_browser: bool = False
    where: Where = Where()


class Link(DesignRecord, frozen=True, kw_only=True):
    """What joins networks already: a `peering` of two VPCs, or a `transit_gateway` with its VPCs."""

    kind: str
    vpcs: tuple[str, ...]
    id: str | None = None
    dns_resolution: bool = False
    where: Where = Where()


class Constraints(DesignRecord, frozen=True, kw_only=True):
    """What a solution must not do; `via: auto` never picks one that does."""

    no_endpoint: bool = False
    no_new_peering: bool = False
    no_transit_gateway: bool = False
    no_route53: bool = False
    keep_public_apis: bool = False
    keep_default_name: bool = False
    no_client_change: bool = False
    no_single_point_of_failure: bool = False
    max_monthly_cost: float | None = None


class Expectation(DesignRecord, frozen=True, kw_only=True):
    """One line of `expect`: a consumer must, or must not, resolve a name, reach a socket, or call an API.

    `only` names consumers and VPCs in a sentence such as `only web may call orders`: nobody else may, whatever is
    asked; `method` and `path` are `*` there for the whole API.
    """

    consumer: str
    must: bool
    verb: str
    """`resolve`, `reach` or `call`."""
    target: str
    """A name; `address:port` or `name:port`; an API's name, or a URL."""
    method: str = "GET"
    path: str = "/"
    only: tuple[str, ...] = ()
    where: Where = Where()

    def __str__(self) -> str:
        rest = self.target
        if self.only:
            if self.verb == "call" and self.path != "*":
                rest = f"{self.method} {self.target}{self.path}"
            return f"only {', '.join(self.only)} may {self.verb} {rest}"
        if self.verb == "call":
            rest = f"{self.method} {self.target}" + ("" if "://" in self.target else self.path)
        return f"{self.consumer} must {'' if self.must else 'not '}{self.verb} {rest}"


class Usage(DesignRecord, frozen=True, kw_only=True):
    """What a month is assumed to hold, for costs; the defaults are the rule book's comparison's (COST-04)."""

    requests: int = 1_000_000
    gigabytes: float = 10.0
    dns_queries: int = 2_000_000
    hours: int = 730
    cross_az_percent: float = 100.0


class Logs(DesignRecord, frozen=True, kw_only=True):
    """What is logged of everything that is made, and who is told; `notify` is the ARN of an SNS topic."""

    enabled: bool = True
    retention_days: int = 365
    alarms: bool = True
    notify: str | None = None
    waf: bool = False


class Design(DesignRecord, frozen=True, kw_only=True):
    """The whole design."""

    name: str
    region: str
    vpcs: tuple[Vpc, ...]
    apis: tuple[Api, ...]
    consumers: tuple[Consumer, ...]
    on_premises: tuple[OnPremises, ...] = ()
    links: tuple[Link, ...] = ()
    constraints: Constraints = Constraints()
    via: str = "auto"
    expect: tuple[Expectation, ...] = ()
    usage: Usage = Usage()
    logs: Logs = Logs()
    tags: tuple[tuple[str, str], ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    """Account ids by the names that the design gives them; empty where it names none."""
    where: Where = Where()

    def vpc(self, name: str) -> Vpc:
        """The VPC of that name."""
        return next(each for each in self.vpcs if each.name == name)

    def api(self, name: str) -> Api:
        """The API of that name."""
        return next(each for each in self.apis if each.name == name)

    def consumer(self, name: str) -> Consumer:
        """The consumer of that name."""
        return next(each for each in self.consumers if each.name == name)

    def network(self, name: str) -> OnPremises:
        """The network on premises of that name."""
        return next(each for each in self.on_premises if each.name == name)

    @property
    def private_apis(self) -> tuple[Api, ...]:
        """The private APIs that some consumer may call, in the design's order."""
        wanted = {each.api for consumer in self.consumers for each in consumer.may_call}
        return tuple(each for each in self.apis if each.is_private and each.name in wanted)
