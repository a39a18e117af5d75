"""EPT015 endpoint-policy-omits-an-api."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from narrowgate.audit.estate import Estate
from narrowgate.audit.policies import statements_of
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.apigateway import RestApi
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity
from narrowgate.model.privatelink import VpcEndpoint


def check(estate: Estate) -> Iterator[Defect]:
    """Private APIs that name an endpoint whose policy allows other APIs only."""
    for endpoint in estate.execute_api_endpoints:
        statements = statements_of(estate.endpoint_policy(endpoint))
        allowed = [each for each in statements if each.get("Effect") == "Allow"]
        if not allowed:
            continue
        for api in estate.apis("PRIVATE"):
            place = estate.snapshot.place(api.id)
            if not _names(api, endpoint) or not place.account or not place.region:
                continue
            arn = f"arn:aws:execute-api:{place.region}:{place.account}:{api.id}"
            if not any(_may_allow(each, arn) for each in allowed):
                door = estate.named(endpoint.vpc_endpoint_id)
                message = f"the policy of {door} allows nothing of {estate.named(api.id)}"
                yield Defect(
                    endpoint.vpc_endpoint_id, message, {"PolicyDocument": allowed}, (api.id,), subject=api.id
                )


def _names(api: RestApi, endpoint: VpcEndpoint) -> bool:
    """Whether an API is associated with an endpoint, or its policy names it."""
    own = endpoint.vpc_endpoint_id
    configuration = api.endpoint_configuration
    is_associated = not isinstance(configuration, UnsetType) and own in configuration.vpc_endpoint_ids
    return is_associated or (isinstance(api.policy, str) and own in api.policy)


def _may_allow(statement: Mapping[str, Any], arn: str) -> bool:
    """Whether a statement's resources can cover any method of an API."""
    resources = statement.get("Resource")
    if resources is None:
        return True
    for each in resources if isinstance(resources, list) else [resources]:
        head = str(each).partition("/")[0]
        if fnmatchcase(arn, head.replace("[", "[[]")) or (head.endswith("*") and arn.startswith(head.rstrip("*"))):
            return True
    return False


RULE = Rule(
    id="EPT015",
    name="endpoint-policy-omits-an-api",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    what=(
        "The policy of an execute-api endpoint allows other APIs, and nothing of a private API that "
        "names the endpoint."
    ),
    why=("The endpoint's policy is asked first: the call ends in 403, however open the API's own policy is."),
    remediation="Add the API's ARN to the Allow statement of the endpoint's policy.",
    limits="APIs of accounts that were not collected are not looked at.",
    rules=("VPE-02", "VPE-06", "ERR-02"),
    check=check,
)
