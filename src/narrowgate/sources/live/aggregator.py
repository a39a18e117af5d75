"""AWS Config's aggregator as a collection: one call, page by page, for all the accounts that it gathers."""

from collections.abc import Sequence
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.sources.config.recognise import AGGREGATOR_CALL
from narrowgate.sources.config.types import QUERY
from narrowgate.sources.live.accounts import Target
from narrowgate.sources.live.live_call import LiveCall

ACTION = "config:SelectAggregateResourceConfig"


def aggregator_call(aggregator: str) -> LiveCall:
    """The call that asks an aggregator for every type that is read."""
    sent = {"ConfigurationAggregatorName": aggregator, "Expression": QUERY}
    return LiveCall(name=AGGREGATOR_CALL, action=ACTION, parameters=(sent,))


def aggregator_policy() -> dict[str, Any]:
    """What asking an aggregator needs: its action alone, since its ARN holds an id that nobody chooses."""
    statement = {"Sid": "NarrowgateAskAggregator", "Effect": "Allow", "Action": ACTION, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def refuse_many(targets: Sequence[Target]) -> None:
    """An aggregator stands in one account and Region.

    Raises:
        InputError: there are several.
    """
    if len(targets) != 1 or len(targets[0].regions) != 1:
        raise InputError(
            "an aggregator stands in one account and one Region",
            help="name one --profile or --role-arn, and one --region",
        )
