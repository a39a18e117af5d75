"""Alarms on what an option makes: errors, latency, dropped packets, health of Resolver endpoints (OPS-04)."""

import math
from collections.abc import Sequence
from typing import Any

from narrowgate.model.design import Design
from narrowgate.model.resource import Ref, Resource
from narrowgate.options.parts.names import logical_id
from narrowgate.options.parts.resource_list import Because, Place, ResourceList, Text

_FIVE_MINUTES = 300
_PERIODS_OF_A_MONTH = 30 * 24 * 12
_UNUSUAL = 10


def add_alarms(design: Design, found: ResourceList, place: Place, here: Sequence[Resource]) -> None:
    """The alarms of one account and Region, for what is made there."""
    alarms = _Alarms(design, found, place)
    for each in here:
        if each.exists:
            continue
        if each.type == "AWS::ApiGateway::Stage":
            alarms.stage(each, here)
        elif each.type == "AWS::EC2::VPCEndpoint" and each.properties["VpcEndpointType"] == "Interface":
            alarms.endpoint(each)
        elif each.type == "AWS::Route53Resolver::ResolverEndpoint":
            alarms.resolver(each)
        elif each.type == "AWS::EC2::TransitGateway":
            alarms.gateway(each)


class _Alarms:
    """Makes alarms of one account and Region."""

    def __init__(self, design: Design, found: ResourceList, place: Place) -> None:
        self._design = design
        self._found = found
        self._place = place
        topic = design.logs.notify
        self._actions = [topic] if topic is not None and topic.split(":")[3] == place.region else []

    def _add(
        self, words: tuple[str, ...], metric: dict[str, Any], threshold: float, why: str, periods: int = 1
    ) -> None:
        name = logical_id(*words, "alarm")
        self._found.add(
            name,
            "AWS::CloudWatch::Alarm",
            self._place,
            {
                "AlarmName": f"{self._design.name}-{'-'.join(words)}".lower(),
                "AlarmDescription": why,
                **metric,
                "Period": _FIVE_MINUTES,
                "EvaluationPeriods": periods,
                "Threshold": threshold,
                "ComparisonOperator": "GreaterThanThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": self._actions,
            },
            Because(why, "OPS-04"),
        )

    def stage(self, stage: Resource, here: Sequence[Resource]) -> None:
        """Errors and latency of an API's stage."""
        own = stage.properties["RestApiId"].logical_id
        name = next(str(each.properties["Name"]) for each in here if each.logical_id == own)
        where = {"ApiName": name, "Stage": str(stage.properties["StageName"])}

        def metric(kind: str, statistic: dict[str, str]) -> dict[str, Any]:
            return _metric("AWS/ApiGateway", kind, where, statistic)

        average = {"Statistic": "Average"}
        self._add(
            (name, "4xx"),
            metric("4XXError", average),
            0.05,
            f"more than 5 % of the calls of {name} are refused: a policy or a name may have changed",
            3,
        )
        self._add(
            (name, "5xx"),
            metric("5XXError", average),
            0.01,
            f"more than 1 % of the calls of {name} fail",
            3,
        )
        self._add(
            (name, "latency"),
            metric("Latency", {"ExtendedStatistic": "p99"}),
            5000,
            f"one call of {name} in a hundred takes longer than 5 seconds",
            3,
        )

    def endpoint(self, endpoint: Resource) -> None:
        """Packets that an endpoint drops."""
        properties = endpoint.properties
        where: dict[str, Text] = {
            "Endpoint Type": "Interface",
            "Service Name": properties["ServiceName"],
            "VPC Endpoint Id": Ref(endpoint.logical_id),
            "VPC Id": properties["VpcId"],
        }
        self._add(
            (endpoint.logical_id, "drops"),
            _metric("AWS/PrivateLinkEndpoints", "PacketsDropped", where, {"Statistic": "Sum"}),
            0,
            "the endpoint drops packets: too large, or too many",
        )

    def resolver(self, endpoint: Resource) -> None:
        """Unhealthy interfaces, and more queries than the design reckons with."""
        where: dict[str, Text] = {"EndpointId": Ref(endpoint.logical_id)}
        self._add(
            (endpoint.logical_id, "health"),
            _metric("AWS/Route53Resolver", "EndpointUnHealthyENICount", where, {"Statistic": "Maximum"}),
            0,
            "an interface of the Resolver endpoint is unhealthy",
        )
        direction = str(endpoint.properties["Direction"]).capitalize()
        usual = math.ceil(self._design.usage.dns_queries / _PERIODS_OF_A_MONTH)
        self._add(
            (endpoint.logical_id, "queries"),
            _metric("AWS/Route53Resolver", f"{direction}QueryVolume", where, {"Statistic": "Sum"}),
            max(1000, _UNUSUAL * usual),
            f"ten times as many queries in five minutes as the design's month holds on average ({usual})",
        )

    def gateway(self, gateway: Resource) -> None:
        """Packets that a hub has no route for, or throws away."""
        where: dict[str, Text] = {"TransitGateway": Ref(gateway.logical_id)}
        for word, metric in (("no-route", "PacketDropCountNoRoute"), ("blackhole", "PacketDropCountBlackhole")):
            self._add(
                (gateway.logical_id, word),
                _metric("AWS/TransitGateway", metric, where, {"Statistic": "Sum"}),
                0,
                "the hub drops packets: a route is missing, or leads nowhere",
            )


def _metric(namespace: str, name: str, where: dict[str, Any], statistic: dict[str, str]) -> dict[str, Any]:
    dimensions = [{"Name": key, "Value": value} for key, value in where.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions, **statistic}
