"""What AWS Config does not record: calls and fields that stay unknown whatever its files hold, each with why."""

from collections.abc import Iterable, Iterator, Mapping

from narrowgate.model.estate_facts import Call
from narrowgate.sources.config.items import Item
from narrowgate.sources.config.types import TYPES
from narrowgate.sources.snapshot.operations import OPERATIONS
from narrowgate.sources.snapshot.response import Response

_WHY = "AWS Config does not record it; put the answer of this call beside its files"
_POLICY = (
    "AWS Config records neither an API's policy nor whether its default endpoint is disabled; "
    "put the answer of apigateway.get_rest_apis beside its files"
)
_UNRECORDED = "AWS Config knows `{}` but holds no configuration of it"

_ANSWERED = frozenset(operation for each in TYPES.values() for operation in each.calls)


def unrecorded_calls() -> Iterator[str]:
    """The calls of which no item of any type tells."""
    return (name for name in OPERATIONS if name not in _ANSWERED)


def gaps(items: Iterable[Item], beside: Iterable[Response]) -> Mapping[Call, str]:
    """All that stays unknown of an estate.

    Args:
        items: what AWS Config holds.
        beside: answers of AWS that lie beside its files, and fill gaps.
    """
    found = {Call(None, None, name): _WHY for name in unrecorded_calls()}
    told = {(each.account, each.region) for each in beside if each.operation == "apigateway.get_rest_apis"}
    for item in items:
        kind = TYPES.get(item.resource_type)
        if kind is None:
            continue
        if not item.configuration:
            for name in kind.calls:
                found[Call(item.account_id, item.aws_region, name)] = _UNRECORDED.format(item.resource_id)
        elif item.resource_type == "AWS::ApiGateway::RestApi" and not _is_told(item, told):
            api = str(item.configuration.get("id"))
            found[Call(item.account_id, item.aws_region, "RestApi.policy", api)] = _POLICY
    return found


def _is_told(item: Item, told: set[tuple[str | None, str | None]]) -> bool:
    """True where the item has what AWS Config's schema lacks, or where the API's own answer lies beside."""
    if (item.configuration or {}).keys() >= {"policy", "disableExecuteApiEndpoint"}:
        return True
    accounts, regions = (item.account_id, None), (item.aws_region, None)
    return any((account, region) in told for account in accounts for region in regions)
