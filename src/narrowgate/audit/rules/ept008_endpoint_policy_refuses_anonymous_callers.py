"""EPT008 endpoint-policy-refuses-anonymous-callers."""

from collections.abc import Iterator

from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.engine.policy.keys import is_principal_key
from narrowgate.engine.policy.statements import Statement
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoints none of whose Allows is for everybody, and that a private API with another authorization names."""
    for endpoint in estate.execute_api_endpoints:
        policy = estate.endpoint_policy(endpoint)
        allows = [each for each in policy.statements if not each.is_deny] if policy is not None else []
        if not allows or any(_admits_anonymous(each) for each in allows):
            continue
        for api in estate.apis("PRIVATE"):
            configuration = api.endpoint_configuration
            ids = configuration.vpc_endpoint_ids if not isinstance(configuration, UnsetType) else ()
            types = estate.authorization_types(api)
            if endpoint.vpc_endpoint_id in ids and types - {"AWS_IAM"}:
                own = endpoint.vpc_endpoint_id
                message = f"{estate.named(own)} refuses unsigned calls, and {estate.named(api.id)} takes them"
                yield Defect(own, message, {"PolicyDocument": "Principal"}, (api.id,), subject=api.id)


def _admits_anonymous(statement: Statement) -> bool:
    anyone = statement.principals is not None and statement.principals.anyone and not statement.not_principal
    return anyone and not any(is_principal_key(condition.lowered) for condition in statement.conditions)


RULE = Rule(
    id="EPT008",
    name="endpoint-policy-refuses-anonymous-callers",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    what=(
        "The policy of an execute-api endpoint admits named principals only, and an associated API has "
        "methods without IAM authorization."
    ),
    why=(
        "For an endpoint policy a caller has an identity only when the request is signed with a valid "
        "signature: a bearer token, or nothing, counts as anonymous and is refused with 403."
    ),
    remediation=(
        "Let `Principal` be `*` and narrow by `Resource`, or by `aws:ResourceAccount` and "
        "`aws:ResourceOrgID`, which hold for every caller."
    ),
    rules=("VPE-03", "VPE-04"),
    check=check,
)
