"""A web ACL in front of each new stage, where a design wants one (OPS-07)."""

from collections.abc import Sequence
from typing import Any

from narrowgate.model.resource import GetAtt, Join, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.resource_list import Because, Place, ResourceList

_GROUPS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")


def add_web_acl(found: ResourceList, resources: Sequence[Resource]) -> None:
    """One ACL of AWS's managed rules for each new API, on its stage."""
    for stage in resources:
        if stage.type != "AWS::ApiGateway::Stage" or stage.exists:
            continue
        api = stage.properties["RestApiId"]
        place = Place(stage.account, stage.region)
        name = logical_id(api.logical_id, "web-acl")
        found.add(
            name,
            "AWS::WAFv2::WebACL",
            place,
            {
                "Name": name,
                "Scope": "REGIONAL",
                "DefaultAction": {"Allow": {}},
                "VisibilityConfig": _visible(name),
                "Rules": [_rule(group, at) for at, group in enumerate(_GROUPS)],
            },
            Because("looks at calls before any policy does", "OPS-07"),
        )
        arn = Join(
            (f"arn:aws:apigateway:{stage.region}::/restapis/", api, f"/stages/{stage.properties['StageName']}")
        )
        association = logical_id(name, "association")
        found.add(
            association,
            "AWS::WAFv2::WebACLAssociation",
            place,
            {"ResourceArn": arn, "WebACLArn": _arn(name)},
            Because("acts on the stage", "OPS-07"),
        )
        found.order(association, after=[stage.logical_id])


def _arn(name: str) -> GetAtt:
    return GetAtt(name, "Arn")


def _visible(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def _rule(group: str, priority: int) -> dict[str, Any]:
    return {
        "Name": group,
        "Priority": priority,
        "OverrideAction": {"None": {}},
        "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}},
        "VisibilityConfig": _visible(group),
    }
