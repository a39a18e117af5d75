"""What a proposal can look at: the estate, the call that fails, who talks to whom in it."""

from functools import cached_property

from narrowgate.engine.dns.view import AUTODEFINED_RULE
from narrowgate.engine.dns.vpc_lists import rule_associations_by_vpc
from narrowgate.engine.http.names import parse_api_name
from narrowgate.engine.http.url import parse_request
from narrowgate.model.answer import Cause
from narrowgate.model.domain import is_in_domain, label_count, normalise
from narrowgate.model.fact import UnsetType
from narrowgate.model.host import Host
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.model.reason import Reason
from narrowgate.model.route53 import ResolverRule
from narrowgate.model.snapshot import Snapshot
from narrowgate.model.trace import TraceAnswer
from narrowgate.repair.flows import Flow, forwarding_flows, https_flows, server_flows
from narrowgate.repair.goal import Goal


class Scene:
    """A failing goal on a snapshot; `company` are all that fail with it, itself included, in their order."""

    def __init__(self, snapshot: Snapshot, goal: Goal, answer: TraceAnswer) -> None:
        """Look at a goal and its answer."""
        self.snapshot = snapshot
        self.facts = snapshot.facts
        self.goal = goal
        self.answer = answer
        self.company: tuple[Scene, ...] = (self,)

    def sharing(self, cause: Cause) -> tuple["Scene", ...]:
        """The failing calls that one resource stands in the way of: what mends it has to serve them all."""
        at = (cause.layer, cause.resource)
        found = tuple(
            each for each in self.company if any((one.layer, one.resource) == at for one in each.answer.blocking)
        )
        return found or (self,)

    @cached_property
    def asking(self) -> tuple["Scene", ...]:
        """The failing calls that ask for the same name from the same Region and fail by it."""
        found = tuple(
            each
            for each in self.company
            if each.host_name == self.host_name
            and each.client_region == self.client_region
            and any(cause.layer == "dns" for cause in each.answer.blocking)
        )
        return found or (self,)

    @cached_property
    def asking_vpcs(self) -> tuple[str, ...]:
        """The VPCs of all callers that ask for the name in vain."""
        return tuple(dict.fromkeys(vpc_id for each in self.asking for vpc_id in each.client_vpcs))

    @cached_property
    def client_region(self) -> str | None:
        """The Region that the callers stand in."""
        return next((self.snapshot.region_of(each) for each in self.client_vpcs), None)

    @cached_property
    def host_name(self) -> str:
        """The name that is called."""
        return parse_request(self.goal.url, method=self.goal.method, headers=self.goal.headers).host

    @cached_property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts that call."""
        return self.goal.client_in(self.snapshot).hosts

    @cached_property
    def client_vpcs(self) -> tuple[str, ...]:
        """The VPCs that the callers stand in."""
        return tuple(dict.fromkeys(each.vpc_id for each in self.hosts if each.vpc_id))

    @cached_property
    def api_id(self) -> str | None:
        """The private API that the call means, as far as name, headers or answer tell."""
        for header in self.goal.headers:
            name, _, value = header.partition(":")
            if name.strip().lower() == "x-apigw-api-id":
                return value.strip().lower()
        named = parse_api_name(self.host_name)
        return named.api_id if named is not None else None

    @cached_property
    def region(self) -> str | None:
        """The Region of the API."""
        named = parse_api_name(self.host_name)
        return named.region if named else self.api_id and self.snapshot.region_of(self.api_id)

    @cached_property
    def endpoints(self) -> tuple[VpcEndpoint, ...]:
        """The execute-api endpoints that could serve the call: those that it meets, else those of its API."""
        met = {path.endpoint for path in self.answer.paths if path.endpoint}
        named = parse_api_name(self.host_name)
        if named is not None and named.vpc_endpoint_id:
            met.add(named.vpc_endpoint_id)
        found = [each for each in self.execute_api_endpoints if each.vpc_endpoint_id in met]
        if found:
            return tuple(found)
        api = self.facts.rest_apis.get(self.api_id or "")
        if api is not None and not isinstance(api.endpoint_configuration, UnsetType):
            ids = api.endpoint_configuration.vpc_endpoint_ids
            found = [each for each in self.execute_api_endpoints if each.vpc_endpoint_id in ids]
        return tuple(found)

    @cached_property
    def execute_api_endpoints(self) -> tuple[VpcEndpoint, ...]:
        """Every execute-api endpoint of the API's Region."""
        return tuple(
            each
            for each in self.facts.vpc_endpoints.values()
            if isinstance(each.service_name, str)
            and each.service_name.endswith(".execute-api")
            and self.region in (None, self.snapshot.region_of(each.vpc_endpoint_id))
        )

    @cached_property
    def covering_rules(self) -> tuple[ResolverRule, ...]:
        """The FORWARD rules of the callers' VPCs that decide about the name: the most specific of each VPC."""
        found = []
        for vpc_id in self.client_vpcs:
            rules = [
                self.facts.resolver_rules[each.resolver_rule_id]
                for each in rule_associations_by_vpc(self.snapshot).get(vpc_id, ())
                if each.resolver_rule_id in self.facts.resolver_rules
                and not each.resolver_rule_id.startswith(AUTODEFINED_RULE)
            ]
            covering = [
                each
                for each in rules
                if isinstance(each.domain_name, str) and _covers(normalise(each.domain_name), self.host_name)
            ]
            found += sorted(covering, key=lambda each: -label_count(normalise(str(each.domain_name))))[:1]
        return tuple(each for each in found if each.rule_type == "FORWARD")

    @cached_property
    def flows(self) -> tuple[Flow, ...]:
        """Everything that has to get through for the call: DNS first, then HTTPS."""
        servers = {
            str(cause.resource)
            for cause in self.answer.blocking
            if cause.reason in (Reason.DNS_SERVER_UNREACHABLE, Reason.DNS_FORWARD_UNREACHABLE)
        }
        return (
            *(flow for each in sorted(servers) for flow in server_flows(self.snapshot, self.hosts, each)),
            *(flow for rule in self.covering_rules for flow in forwarding_flows(self.snapshot, rule)),
            *(flow for each in self.endpoints for flow in https_flows(self.snapshot, self.hosts, each)),
        )


def _covers(domain: str, name: str) -> bool:
    """Whether a rule's domain holds a name; the root holds every one."""
    return not domain or is_in_domain(name, domain)
