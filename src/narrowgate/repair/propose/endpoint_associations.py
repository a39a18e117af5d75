"""Endpoints that an API is associated with: its alias names follow them once it is deployed (VPCE-DNS-03)."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from narrowgate.model.apigateway import EndpointConfiguration, RestApi, Stage
from narrowgate.repair.change import Change, Edit


def association_changed(
    api: RestApi,
    held: EndpointConfiguration,
    stages: Iterable[Stage],
    endpoint_id: str,
    *,
    op: Literal["add", "remove"],
    text: str,
) -> Change:
    """An API with one endpoint more, or without it; `held` is its configuration, `stages` are deployed anew."""
    others = tuple(each for each in held.vpc_endpoint_ids if each != endpoint_id)
    ids = (*others, endpoint_id) if op == "add" else others
    configuration = msgspec.structs.replace(held, vpc_endpoint_ids=ids)
    return Change(
        kind="endpoint_association",
        resource=api.id,
        text=text,
        commands=(
            f"aws apigateway update-rest-api --rest-api-id {api.id} --patch-operations "
            f"op={op},path=/endpointConfiguration/vpcEndpointIds,value={endpoint_id}",
            *(
                f"aws apigateway create-deployment --rest-api-id {api.id} --stage-name {stage.stage_name}"
                for stage in stages
            ),
        ),
        edits=(Edit("rest_apis", api.id, msgspec.structs.replace(api, endpoint_configuration=configuration)),),
        rule="VPCE-DNS-03",
    )
