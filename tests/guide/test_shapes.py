"""The judge is botocore: its models say which members, types and enumerated values AWS's responses have."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.builders import Estate, build_guide, firewall_rule, invoke_statement, policy_document, tcp

from narrowgate.sources.snapshot.response import Response

pytestmark = pytest.mark.judge

# What AWS sends differs here from what its own models enumerate.
ON_THE_WIRE = {
    "acm.list_certificates.CertificateSummaryList[].KeyAlgorithm: RSA-2048",
    "ec2.describe_instances.Reservations[].Instances[].Platform: windows",
    "ec2.describe_internet_gateways.InternetGateways[].Attachments[].State: available",
    "ec2.describe_vpc_endpoints.VpcEndpoints[].State: available",
}


def everything() -> Estate:
    """An estate that uses every builder, in two accounts."""
    estate = build_guide(two_accounts=True).estate
    other = estate.at("444455556666")
    vpc = estate.vpc("10.20.0.0/16", "all", secondary=["10.21.0.0/16"], ipv6="2600:1f18:100::/56")
    subnets = [
        estate.subnet(vpc, "10.20.1.0/24", "a", ipv6="2600:1f18:100:1::/64"),
        estate.subnet(vpc, "10.20.2.0/24", "b"),
    ]
    far = other.subnet(other.vpc("10.30.0.0/16", "far"), "10.30.1.0/24")
    group = estate.security_group(
        vpc, "all", ingress=[tcp((1, 2), "::/0", estate.prefix_list("mine", ["10.0.0.0/8"]))]
    )
    estate.associate_group(group, vpc)
    estate.instance(subnets[0], "windows", [group], windows=True, ipv6="2600:1f18:100:1::5")
    estate.function("worker", subnets, [group])
    estate.gateway_endpoint(vpc, [estate.main_route_table(vpc)])
    estate.route(estate.main_route_table(vpc), "::/0", estate.internet_gateway(vpc))
    hub = estate.transit_gateway("hub", shared_with=["444455556666"])
    estate.attach_vpc(hub, subnets)
    other.attach_vpc(hub, [far])
    estate.share_subnet(subnets[0], "444455556666")
    estate.transit_route(estate.transit_route_table(hub, "spokes"), "10.0.0.0/8", None)
    domains = estate.domain_list("blocked", ["example.com", "*"])
    rules = estate.firewall_group("names", [firewall_rule(1, "BLOCK", domains, response="NODATA")])
    estate.associate_firewall(rules, vpc)
    estate.set_firewall_fail_open(vpc, fail_open=True)
    zone = estate.private_zone("all.internal", [vpc])
    estate.record(zone, "*.all.internal", "A", ["10.20.1.9"])
    estate.profile("names", vpcs=[vpc], resources=[(f"arn:aws:route53:::hostedzone/{zone}", "HOSTED_ZONE")])
    api = estate.rest_api("all", {"/": ["ANY"]}, policy=policy_document(invoke_statement()))
    for kind in ("TOKEN", "COGNITO_USER_POOLS"):
        estate.authorizer(api, kind.lower(), kind=kind)
    estate.deploy(api)
    endpoint = estate.interface_endpoint(subnets, [group])
    domain = estate.custom_domain("api.all.internal", api, policy=policy_document(invoke_statement()))
    estate.associate_domain(domain, endpoint)
    estate.load_balancer("front", subnets, [group], targets=estate.addresses(endpoint))
    certificate = estate.certificate("front.all.internal")
    estate.load_balancer("net", subnets, kind="network", certificate=certificate)
    return estate


def differences(value: Any, shape: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        for name, member in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: no such member"
            else:
                yield from differences(member, shape.members[name], f"{path}.{name}")
    elif kind == "list":
        for member in value:
            yield from differences(member, shape.member, f"{path}[]")
    elif kind == "map":
        for member in value.values():
            yield from differences(member, shape.value, f"{path}{{}}")
    else:
        types = {"boolean": bool, "integer": int, "long": int, "double": float, "float": float}
        if type(value) is not types.get(kind, str):
            yield f"{path}: {type(value).__name__} is no {kind}"
        elif kind == "string" and shape.enum and value not in shape.enum:
            yield f"{path}: {value}"


@pytest.fixture(scope="module")
def operations() -> Any:
    session = pytest.importorskip("botocore.session", reason="botocore is not installed").get_session()
    from botocore import xform_name

    models: dict[str, Any] = {}

    def lookup(response: Response) -> Any:
        service, _, method = response.operation.partition(".")
        model = models.setdefault(service, session.get_service_model(service))
        return model.operation_model(next(name for name in model.operation_names if xform_name(name) == method))

    return lookup


def test_every_response_has_the_shape_that_aws_models_give_it(operations: Any) -> None:
    found = set()
    for response in everything().responses():
        model = operations(response)
        found |= {
            f"{response.operation}: {name}"
            for name in response.parameters or ()
            if name not in model.input_shape.members
        }
        if response.body is not None:
            found |= set(differences(response.body, model.output_shape, response.operation))
    assert found == ON_THE_WIRE
