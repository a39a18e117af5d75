"""What public DNS says of API Gateway's names: default names, and alias names of one API and one endpoint."""

from narrowgate.engine.dns.endpoint_names import answer_from_endpoint
from narrowgate.engine.dns.outcome import (
    PUBLIC,
    Outcome,
    Query,
    answered,
    only_public_dns_knows,
    passing,
    refused,
    undecided,
)
from narrowgate.engine.dns.record_answer import Chase
from narrowgate.engine.http.names import ApiName, parse_api_name
from narrowgate.model.answer import Missing, Rcode
from narrowgate.model.fact import UnsetType
from narrowgate.model.reason import Reason


def answer_api_name(query: Query, chase: Chase) -> Outcome | None:
    """Default and alias names of APIs; None for other names."""
    name = parse_api_name(query.name)
    if name is None:
        return None
    if name.vpc_endpoint_id is not None:
        return _alias_name(query, name, name.vpc_endpoint_id)
    api = query.snapshot.facts.rest_apis.get(name.api_id)
    region = query.snapshot.region_of(name.api_id) if api else None
    if api is None or (region is not None and region != name.region):
        gap = Missing(
            fact="apigateway.get_rest_apis",
            resource=name.api_id,
            why="no API of that id and Region in the source, and HTTP and WebSocket APIs are not collected",
        )
        return undecided(PUBLIC, "VPCE-DNS-10", f"whether {query.name} belongs to a public API is unknown", (gap,))
    configuration = api.endpoint_configuration
    if isinstance(configuration, UnsetType) or not configuration.types:
        gap = Missing(fact="RestApi.endpointConfiguration", resource=api.id)
        return undecided(PUBLIC, "VPCE-DNS-10", f"whether API {api.id} is private is unknown", (gap,))
    if "PRIVATE" in configuration.types:
        # What public DNS returns for it is not documented: no code is told, and no address counts (VPCE-DNS-10).
        return refused(
            None,
            Reason.DNS_NO_PRIVATE_ANSWER,
            api.id,
            "VPCE-DNS-10",
            f"API {api.id} is private: public DNS has no usable answer for {query.name}",
        )
    if query.type != "A":
        return only_public_dns_knows(query)
    step = passing(
        PUBLIC,
        "VPCE-DNS-10",
        f"{query.name} is a public API ({', '.join(configuration.types)}): public addresses",
        chosen=api.id,
    )
    return answered(step, records=(), target=PUBLIC)


def _alias_name(query: Query, name: ApiName, endpoint_id: str) -> Outcome:
    """`{api}-{vpce}`: exists where the API lists the endpoint (VPCE-DNS-03)."""
    snapshot = query.snapshot
    api = snapshot.facts.rest_apis.get(name.api_id)
    if api is None or isinstance(api.endpoint_configuration, UnsetType):
        fact = "apigateway.get_rest_apis" if api is None else "RestApi.endpointConfiguration"
        gap = Missing(fact=fact, resource=name.api_id, why="not in the source")
        return undecided(PUBLIC, "VPCE-DNS-03", f"which endpoints API {name.api_id} lists is unknown", (gap,))
    region = snapshot.region_of(name.api_id)
    listed = api.endpoint_configuration.vpc_endpoint_ids
    if endpoint_id not in listed or (region is not None and region != name.region):
        return refused(
            Rcode.NXDOMAIN,
            Reason.DNS_NAME_NOT_FOUND,
            api.id,
            "VPCE-DNS-03",
            f"API {api.id} does not list endpoint {endpoint_id}: there is no name {query.name}",
            evidence=(snapshot.evidence(api.id, "endpointConfiguration.vpcEndpointIds", ",".join(listed)),),
        )
    endpoint = snapshot.facts.vpc_endpoints.get(endpoint_id)
    if endpoint is None:
        gap = Missing(fact="ec2.describe_vpc_endpoints", resource=endpoint_id, why="not in the source")
        return undecided(
            PUBLIC, "VPCE-DNS-03", f"{query.name} is endpoint {endpoint_id}, which is unknown", (gap,)
        )
    step = passing(
        api.id,
        "VPCE-DNS-03",
        f"API {api.id} lists endpoint {endpoint_id}: the alias name exists once the API was deployed after that",
        chosen=endpoint_id,
        evidence=(snapshot.evidence(api.id, "endpointConfiguration.vpcEndpointIds", ",".join(listed)),),
    )
    return answer_from_endpoint(query, endpoint, None, answered_by=PUBLIC, rule="VPCE-DNS-03").after(step)
