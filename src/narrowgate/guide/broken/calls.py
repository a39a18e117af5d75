"""Changes to what happens once the connection is open: certificate, API, stage, method, policies."""

from narrowgate.guide.broken.variation import Case, Expected, case, denied, works
from narrowgate.guide.estate import (
    BILLING,
    ORDERS,
    REGION,
    STAGE,
    STATUS,
    Guide,
    add_resolver,
    build_guide,
    resource_policy_for,
)
from narrowgate.guide.responses import invoke_statement, policy_document
from narrowgate.model.answer import Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom
from narrowgate.sources.synthetic.ledger import Record

_OTHER_ENDPOINT = "vpce-0123456789abcdef0"


def literal_address() -> Case:
    """The URL names the endpoint's address instead of a name."""
    guide = build_guide()
    address = guide.api.estate.addresses(guide.endpoint)[0]
    expected = denied(
        Symptom.TLS_NAME_MISMATCH, "tls", Reason.TLS_NAME_MISMATCH, guide.endpoint, "AGW-11", "AGW-12", "ERR-13"
    )
    return case(guide, expected, url=f"https://{address}/{STAGE}/orders")


def own_name_without_custom_domain() -> Case:
    """A private zone of the requester points a name of one's own to the endpoint, without a custom domain."""
    guide = build_guide(resolver=False)
    estate = guide.requester.estate
    zone = estate.private_zone("example.internal", [guide.requester.vpc])
    estate.record(zone, "orders.example.internal", "CNAME", [estate.endpoint_name(guide.endpoint)])
    expected = denied(
        Symptom.TLS_NAME_MISMATCH, "tls", Reason.TLS_NAME_MISMATCH, guide.endpoint, "AGW-12", "ERR-13"
    )
    return case(guide, expected, url=f"https://orders.example.internal/{STAGE}/orders")


def endpoint_name_without_header() -> Case:
    """The call goes by the endpoint's own name, and nothing says which API is meant."""
    guide = build_guide(resolver=False)
    expected = denied(
        Symptom.HTTP_403, "http", Reason.API_NOT_IDENTIFIED, guide.endpoint, "AGW-07", "AGW-09", "ERR-01"
    )
    return case(guide, expected, url=guide.endpoint_url)


def endpoint_name_with_header() -> Case:
    """The call goes by the endpoint's own name with `x-apigw-api-id`."""
    guide = build_guide(resolver=False)
    headers = (f"x-apigw-api-id: {ORDERS}",)
    return Case(guide=guide, expected=works(), url=guide.endpoint_url, headers=headers)


def api_not_private() -> Case:
    """The API is of type REGIONAL: an interface endpoint serves private APIs only."""
    guide = build_guide()
    guide.api.estate.resource(ORDERS)["endpointConfiguration"] = {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    expected = denied(Symptom.HTTP_403, "http", Reason.API_NOT_PRIVATE, ORDERS, "AGW-17", "AGW-18", "ERR-01")
    return case(guide, expected)


def default_endpoint_disabled() -> Case:
    """The API's default names are switched off."""
    guide = build_guide()
    guide.api.estate.resource(ORDERS)["disableExecuteApiEndpoint"] = True
    guide.api.estate.deploy(ORDERS, STAGE)
    expected = denied(Symptom.HTTP_403, "http", Reason.DEFAULT_ENDPOINT_DISABLED, ORDERS, "AGW-21", "ERR-01")
    return case(guide, expected)


def unknown_stage() -> Case:
    """The URL names a stage that the API does not have."""
    guide = build_guide()
    expected = denied(Symptom.HTTP_403, "http", Reason.STAGE_NOT_FOUND, ORDERS, "ERR-01", "AGW-09")
    return case(guide, expected, url=guide.url.replace(f"/{STAGE}/", "/test/"))


def unknown_method() -> Case:
    """The path exists, the method does not."""
    guide = build_guide()
    expected = denied(Symptom.HTTP_403, "http", Reason.METHOD_NOT_FOUND, ORDERS, "ERR-05")
    return case(guide, expected, method="DELETE")


def method_not_deployed() -> Case:
    """A method was added after the last deployment: it exists in the API, but not in what the stage runs."""
    guide = build_guide()
    for resource in guide.api.estate.ledger.answer("apigateway.get_resources", ORDERS)["items"]:
        if resource["path"] == "/orders":
            resource["resourceMethods"]["DELETE"] = resource["resourceMethods"]["GET"] | {"httpMethod": "DELETE"}
    expected = denied(Symptom.HTTP_403, "http", Reason.METHOD_NOT_FOUND, ORDERS, "ERR-05", "POL-03")
    return case(guide, expected, method="DELETE")


def policy_names_the_client_vpc() -> Case:
    """The resource policy asks for the requester VPC's id, as the guide's step 5 does."""
    guide = build_guide()
    _deploy_policy(guide, _when(StringEquals={"aws:SourceVpc": guide.requester.vpc}))
    return case(guide, _implicit("resource_policy", "KEY-01", "VPCE-07", "POL-04", "ERR-02"))


def policy_names_the_api_vpc() -> Case:
    """The resource policy asks for the API VPC's id, which is what the key holds over peering."""
    guide = build_guide()
    _deploy_policy(guide, _when(StringEquals={"aws:SourceVpc": guide.api.vpc}))
    return case(guide, works())


def policy_names_another_range() -> Case:
    """The resource policy asks for the endpoint and for another client range."""
    guide = build_guide()
    _deploy_policy(
        guide,
        _when(StringEquals={"aws:SourceVpce": guide.endpoint}, IpAddress={"aws:VpcSourceIp": "10.1.99.0/24"}),
    )
    return case(guide, _implicit("resource_policy", "KEY-03", "POL-09", "POL-04", "ERR-02"))


def policy_fences_by_source_ip() -> Case:
    """A Deny asks for `aws:SourceIp`, which a private API's calls never carry: it matches everybody."""
    guide = build_guide()
    fence = invoke_statement("Deny", NotIpAddress={"aws:SourceIp": "10.1.0.0/16"})
    _deploy_policy(guide, policy_document(invoke_statement(), fence))
    return case(guide, _explicit("resource_policy", "POL-10", "KEY-04", "POL-05", "POL-04", "ERR-03"))


def policy_fences_for_two_endpoints() -> Case:
    """Two Deny statements, one for each admitted endpoint, together refuse everybody."""
    guide = build_guide()
    fences = [
        invoke_statement("Deny", StringNotEquals={"aws:SourceVpce": endpoint})
        for endpoint in (guide.endpoint, guide.billing_endpoint)
    ]
    _deploy_policy(guide, policy_document(invoke_statement(), *fences))
    return case(guide, _explicit("resource_policy", "POL-07", "POL-05", "POL-04", "ERR-03"))


def policy_with_literal_wildcard() -> Case:
    """The resource policy compares the endpoint with `vpce-*` by an operator that takes it literally."""
    guide = build_guide()
    _deploy_policy(guide, _when(StringEquals={"aws:SourceVpce": "vpce-*"}))
    return case(guide, _implicit("resource_policy", "POL-14", "POL-04", "ERR-02"))


def policy_with_the_guides_resource() -> Case:
    """The resource policy's Resource is `execute-api/*/*/*`, as the guide writes it: it matches no method."""
    guide = build_guide()
    _deploy_policy(guide, policy_document(invoke_statement() | {"Resource": "execute-api/*/*/*"}))
    return case(guide, _implicit("resource_policy", "POL-19", "POL-04", "ERR-02"))


def policy_not_redeployed() -> Case:
    """The saved policy admits the endpoint, but the stage still runs one that asks for the client's VPC."""
    guide = build_guide()
    _deploy_policy(guide, _when(StringEquals={"aws:SourceVpc": guide.requester.vpc}))
    guide.api.estate.set_policy(ORDERS, resource_policy_for(guide.endpoint))
    return case(guide, _implicit("resource_policy", "POL-03", "KEY-01", "VPCE-07", "POL-04", "ERR-02"))


def policy_revoked_but_not_redeployed() -> Case:
    """The saved policy admits another endpoint only, but the stage still runs the one that admits this one."""
    guide = build_guide()
    guide.api.estate.set_policy(ORDERS, resource_policy_for(_OTHER_ENDPOINT))
    return case(guide, works(warns=True))


def no_resource_policy() -> Case:
    """The API has no resource policy: nothing allows a call."""
    guide = build_guide()
    guide.api.estate.set_policy(ORDERS, None)
    guide.api.estate.deploy(ORDERS, STAGE)
    return case(guide, _implicit("resource_policy", "POL-02", "POL-04", "ERR-02"))


def endpoint_policy_for_another_api() -> Case:
    """The endpoint's own policy allows another API only."""
    guide = build_guide()
    arn = f"arn:aws:execute-api:{REGION}:{guide.api.estate.account}:{BILLING}/*"
    guide.api.estate.set_endpoint_policy(guide.endpoint, policy_document(invoke_statement() | {"Resource": arn}))
    return case(guide, _implicit("endpoint_policy", "VPE-02", "ERR-02"))


def api_of_another_team() -> Case:
    """The rule covers all names of the Region, and the call goes to a private API that admits another endpoint."""
    guide = build_guide(resolver=False)
    add_resolver(guide, f"execute-api.{REGION}.amazonaws.com")
    url = f"https://{guide.api.estate.invoke_host(BILLING)}/{STAGE}/invoices"
    return case(guide, _implicit("resource_policy", "KEY-02", "POL-04", "ERR-02"), url=url)


def public_api_by_its_own_name() -> Case:
    """The rule is for the one API's name only: a public API's name still resolves publicly."""
    guide = build_guide()
    url = f"https://{guide.api.estate.invoke_host(STATUS)}/{STAGE}/status"
    return case(guide, Expected(verdict=Verdict.UNKNOWN, symptom=Symptom.PUBLIC_ANSWER), url=url)


def method_asks_for_a_signature() -> Case:
    """The method's authorization is AWS_IAM and the call is not signed."""
    guide = build_guide()
    guide.api.estate.set_authorization(ORDERS, "/orders", "GET", kind="AWS_IAM")
    guide.api.estate.deploy(ORDERS, STAGE)
    expected = denied(Symptom.HTTP_403, "signature", Reason.UNSIGNED, ORDERS, "POL-28", "ERR-05")
    return case(guide, expected)


def _when(**conditions: dict[str, str | list[str]]) -> Record:
    return policy_document(invoke_statement("Allow", **conditions))


def _deploy_policy(guide: Guide, policy: Record) -> None:
    guide.api.estate.set_policy(ORDERS, policy)
    guide.api.estate.deploy(ORDERS, STAGE)


def _implicit(layer: str, *rules: str) -> Expected:
    return denied(Symptom.HTTP_403, layer, Reason.IMPLICIT_DENY, None, *rules)


def _explicit(layer: str, *rules: str) -> Expected:
    return denied(Symptom.HTTP_403, layer, Reason.EXPLICIT_DENY, None, *rules)


CALLS = (
    literal_address,
    own_name_without_custom_domain,
    endpoint_name_without_header,
    endpoint_name_with_header,
    api_not_private,
    default_endpoint_disabled,
    unknown_stage,
    unknown_method,
    method_not_deployed,
    policy_names_the_client_vpc,
    policy_names_the_api_vpc,
    policy_names_another_range,
    policy_fences_by_source_ip,
    policy_fences_for_two_endpoints,
    policy_with_literal_wildcard,
    policy_with_the_guides_resource,
    policy_not_redeployed,
    policy_revoked_but_not_redeployed,
    no_resource_policy,
    endpoint_policy_for_another_api,
    api_of_another_team,
    public_api_by_its_own_name,
    method_asks_for_a_signature,
)
