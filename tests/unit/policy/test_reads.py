"""Which condition keys a call's policies compare."""

from typing import Any

import pytest
from tests.unit.policy.calls import policy, statement

from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.reads import reads
from narrowgate.engine.policy.request import Policies

KEY = "aws:vpcsourceip"
BY_SOURCE = policy(statement(Condition={"IpAddress": {"AWS:VpcSourceIP": "10.0.0.0/8"}}))


@pytest.mark.parametrize(
    "document",
    [
        BY_SOURCE,
        policy(statement(), statement("Deny", Condition={"Null": {"aws:VpcSourceIp": "true"}})),
        policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "${aws:VpcSourceIp}"}})),
        policy(statement(Resource="arn:aws:execute-api:*:*:*/prod/GET/${aws:VpcSourceIp}")),
    ],
)
def test_a_key_counts_wherever_it_can_stand(document: dict[str, Any]) -> None:
    assert reads(Policies(resource_policy=compile_policy(document)), KEY)


def test_other_keys_are_other_keys() -> None:
    document = policy(statement(Condition={"StringEquals": {"aws:SourceVpce": "vpce-0api"}}))
    assert not reads(Policies(resource_policy=compile_policy(document)), KEY)
    assert not reads(Policies(), KEY)


@pytest.mark.parametrize(
    "layer", ["resource_policy", "deployed_resource_policy", "endpoint_policy", "domain_policy"]
)
def test_every_layer_counts(layer: str) -> None:
    assert reads(Policies(**{layer: compile_policy(BY_SOURCE)}), KEY)
