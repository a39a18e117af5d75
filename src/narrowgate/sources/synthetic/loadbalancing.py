"""Load balancers in front of an endpoint."""

from collections.abc import Sequence

from narrowgate.sources.synthetic.ledger import Record
from narrowgate.sources.synthetic.names import CREATED, short_id
from narrowgate.sources.synthetic.transit import TransitBuilder

_HEX = "0123456789abcdef"


class LoadBalancerBuilder(TransitBuilder):
    """Builds internal load balancers with targets that are addresses."""

    def load_balancer(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str] = (),
        *,
        kind: str = "application",
        targets: Sequence[str] = (),
        certificate: str | None = None,
    ) -> str:
        """An internal load balancer with one listener on 443 that forwards to addresses on 443; its ARN.

        An `application` one listens with HTTPS; a `network` one with TLS if it has a certificate, else with TCP.
        """
        digits = short_id(16, _HEX, "loadbalancer", *self.ledger.number("lb", self.where, name))
        short = {"application": "app", "network": "net"}[kind]
        path = f"{short}/{name}/{digits}"
        arn = self.arn("elasticloadbalancing", f"loadbalancer/{path}")
        vpc_id = self.resource(subnets[0])["VpcId"]
        element: Record = {
            "LoadBalancerArn": arn,
            "DNSName": f"internal-{name}-{digits[:9]}.{self.region}.elb.amazonaws.com",
            "CanonicalHostedZoneId": f"Z{short_id(13, 'ABCDEFGHIJKLMNOP', 'elb', self.region)}",
            "CreatedTime": CREATED,
            "LoadBalancerName": name,
            "Scheme": "internal",
            "VpcId": vpc_id,
            "State": {"Code": "active"},
            "Type": kind,
            "AvailabilityZones": [
                {
                    "ZoneName": self.resource(subnet)["AvailabilityZone"],
                    "SubnetId": subnet,
                    "LoadBalancerAddresses": [],
                }
                for subnet in subnets
            ],
            "SecurityGroups": list(groups),
            "IpAddressType": "ipv4",
        }
        self._add("elbv2.describe_load_balancers", element, arn)
        interface_kind = "interface" if kind == "application" else "network_load_balancer"
        for subnet in subnets:
            self.managed_interface(subnet, groups, interface_kind, f"ELB {path}")
        onward = "HTTPS" if kind == "application" else "TLS" if certificate else "TCP"
        group_arn = self._target_group(name, vpc_id, arn, onward, targets)
        self._listener(arn, group_arn, kind, certificate)
        return arn

    def _listener(self, balancer: str, group_arn: str, kind: str, certificate: str | None) -> None:
        head, _, path = balancer.partition(":loadbalancer/")
        own, _, digits = path.rpartition("/")
        protocol = "HTTPS" if kind == "application" else "TLS" if certificate else "TCP"
        listener: Record = {
            "ListenerArn": f"{head}:listener/{own}/{digits}/{digits[::-1]}",
            "LoadBalancerArn": balancer,
            "Port": 443,
            "Protocol": protocol,
            "DefaultActions": [
                {
                    "Type": "forward",
                    "TargetGroupArn": group_arn,
                    "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group_arn, "Weight": 1}]},
                }
            ],
        }
        if certificate:
            listener["Certificates"] = [{"CertificateArn": certificate}]
        self._ask("elbv2.describe_listeners", balancer, {"LoadBalancerArn": balancer}, {"Listeners": [listener]})

    def _target_group(self, name: str, vpc_id: str, balancer: str, protocol: str, targets: Sequence[str]) -> str:
        digits = short_id(16, _HEX, "targetgroup", *self.ledger.number("tg", self.where, name))
        arn = self.arn("elasticloadbalancing", f"targetgroup/{name}/{digits}")
        element = {
            "TargetGroupArn": arn,
            "TargetGroupName": name,
            "Protocol": protocol,
            "Port": 443,
            "VpcId": vpc_id,
            "HealthCheckProtocol": protocol,
            "HealthCheckPort": "traffic-port",
            "HealthCheckEnabled": True,
            "HealthCheckIntervalSeconds": 30,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 5,
            "UnhealthyThresholdCount": 2,
            "LoadBalancerArns": [balancer],
            "TargetType": "ip",
            "IpAddressType": "ipv4",
        }
        self._add("elbv2.describe_target_groups", element, arn)
        health = [
            {"Target": {"Id": target, "Port": 443}, "HealthCheckPort": "443", "TargetHealth": {"State": "healthy"}}
            for target in targets
        ]
        self._ask(
            "elbv2.describe_target_health", arn, {"TargetGroupArn": arn}, {"TargetHealthDescriptions": health}
        )
        return arn
