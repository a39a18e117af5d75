"""NET016 reply-leaves-by-another-way."""

from collections.abc import Iterator

from narrowgate.audit.consumers import consumers_of
from narrowgate.audit.estate import Estate
from narrowgate.audit.rule import Defect, Rule
from narrowgate.model.finding import Confidence, Severity


def check(estate: Estate) -> Iterator[Defect]:
    """Endpoint subnets that send what goes to a consumer's addresses elsewhere than its calls come from."""
    for endpoint in estate.execute_api_endpoints:
        consumers = consumers_of(estate.snapshot, endpoint)
        for consumer in consumers:
            if not consumer.is_routed:
                continue
            links = {each.link for each in consumers if each.vpc_id == consumer.vpc_id}
            for subnet_id, other in sorted(consumer.replies.items()):
                if other and other not in links:
                    message = (
                        f"calls of {estate.named(consumer.vpc_id)} come by {consumer.link}, and "
                        f"{estate.named(subnet_id)} sends its replies to {other}"
                    )
                    related = (endpoint.vpc_endpoint_id, consumer.vpc_id, consumer.link)
                    yield Defect(subnet_id, message, {"Reply": other}, related, subject=consumer.link)


RULE = Rule(
    id="NET016",
    name="reply-leaves-by-another-way",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    what=(
        "A subnet of an execute-api endpoint routes a consumer's addresses to another peering or transit "
        "gateway than the consumer's calls come by."
    ),
    why=(
        "Replies go to whoever has those addresses there: the caller sees a time-out, and a stranger gets "
        "packets that nobody asked for. Two peers with the same addresses are the common case."
    ),
    remediation=(
        "Route the more specific ranges of each consumer, renumber one, or give it an endpoint of its own."
    ),
    rules=("PCX-11", "NET-10"),
    check=check,
)
