"""Private custom domain names of API Gateway, and the endpoints that may call them (AGW-08)."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from moto.apigateway.models import DomainName, apigateway_backends
from moto.apigateway.responses import APIGatewayResponse
from moto.apigateway.utils import create_id
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.front import Call, Reply, answers_first, reply_json

_ASSOCIATIONS = re.compile(r"/domainnameaccessassociations(?:/(?P<arn>.+))?")
_TAGS = re.compile(r"/tags/(?P<arn>arn:.+/domainnameaccessassociations/.+)")


def _makes_it_private(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(response: Any) -> Any:
        status, headers, _ = original(response)
        domain = response.backend.get_domain_name(response._get_param("domainName"))
        if "PRIVATE" in (domain.endpoint_configuration or {}).get("types", ()):
            domain.private_id = create_id()
            domain.place = (response.region, response.current_account)
            domain.policy = response._get_param("policy")
        return status, headers, json.dumps(domain.to_json())

    return create


def _tells_it_is_private(original: Callable[..., Any]) -> Callable[..., Any]:
    def to_json(domain: Any) -> dict[str, Any]:
        told: dict[str, Any] = original(domain)
        if not hasattr(domain, "private_id"):
            return told
        region, account = domain.place
        path = f"/domainnames/{domain.domain_name}+{domain.private_id}"
        public = (
            "regionalDomainName",
            "regionalHostedZoneId",
            "distributionDomainName",
            "distributionHostedZoneId",
        )
        kept = {name: value for name, value in told.items() if name not in public}
        if domain.policy:
            # Unlike an API's it comes as it was given: the provider compares the text of it.
            kept["policy"] = domain.policy
        return {
            **kept,
            "domainNameId": domain.private_id,
            "domainNameArn": f"arn:aws:apigateway:{region}:{account}:{path}",
            "endpointConfiguration": {"ipAddressType": "dualstack", **domain.endpoint_configuration},
            "routingMode": "BASE_PATH_MAPPING_ONLY",
        }

    return to_json


def _mend_domains() -> None:
    replace(APIGatewayResponse, "create_domain_name", _makes_it_private)
    replace(DomainName, "to_json", _tells_it_is_private)


def _associations(call: Call) -> Reply | None:
    found, tagged = _ASSOCIATIONS.fullmatch(call.path), _TAGS.fullmatch(unquote(call.path))
    if call.service != "apigateway" or not (found or tagged):
        return None
    backend = apigateway_backends[call.account][call.region]
    known: dict[str, Any] = backend.__dict__.setdefault("access_associations", {})
    if found is None:
        return reply_json({"tags": known.get(tagged["arn"], {}).get("tags", {}) if tagged else {}})
    if call.method == "GET":
        return reply_json({"item": list(known.values())})
    if call.method == "DELETE":
        known.pop(unquote(found["arn"] or ""), None)
        return Reply(b"", status="202 Accepted")
    asked = json.loads(call.body())
    domain, source = asked["domainNameArn"].rpartition("/")[2], asked["accessAssociationSource"]
    path = f"/domainnameaccessassociations/domainname/{domain}/vpcesource/{source}"
    arn = f"arn:aws:apigateway:{call.region}:{call.account}:{path}"
    known[arn] = {"tags": {}, **asked, "domainNameAccessAssociationArn": arn}
    return reply_json(known[arn], "201 Created")


DEFECTS = (
    Defect(
        name="private-domains",
        moto="takes a private custom domain name for a public one: no id, no ARN, no policy",
        aws="tells all three",
        mend=_mend_domains,
    ),
    Defect(
        name="access-associations",
        moto="has no access associations of domain names",
        aws="keeps which endpoint may call which domain name",
        mend=lambda: replace(DomainDispatcherApplication, "__call__", answers_first(_associations)),
    ),
)
