"""Interface endpoints: what they look like, inside and in DNS."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import random_resource_id

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.interfaces import managed_interface

_EXECUTE_API = "execute-api"
_DEFAULT_POLICY = {"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]}


def _inside_the_subnet(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(
        backend: Any,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None,
        *arguments: Any,
        subnet_ids: Sequence[str] = (),
        security_group_ids: Sequence[str] = (),
        private_dns_enabled: bool | None = None,
        **more: Any,
    ) -> Any:
        groups = list(security_group_ids or [])
        is_interface = (endpoint_type or "").lower() == "interface"
        if is_interface and not groups:
            groups = [backend.get_default_security_group(vpc_id).id]
        endpoint = original(
            backend,
            vpc_id,
            service_name,
            endpoint_type,
            *arguments,
            subnet_ids=list(subnet_ids or []),
            security_group_ids=groups,
            private_dns_enabled=bool(private_dns_enabled),
            **more,
        )
        if is_interface:
            for interface_id in endpoint.network_interface_ids:
                backend.enis.pop(interface_id, None)
            endpoint.network_interface_ids = [
                _interface(backend, endpoint, backend.get_subnet(subnet_id)) for subnet_id in endpoint.subnet_ids
            ]
            endpoint.ip_address_type = "ipv4"
            if not more.get("policy_document"):
                endpoint.policy_document = json.dumps(_DEFAULT_POLICY)
            endpoint.dns_suffix = random_resource_id(8)
            endpoint.private_zone = random_resource_id(13).upper()
            _set_names(endpoint)
        return endpoint

    return create


def _interface(backend: Any, endpoint: Any, subnet: Any) -> str:
    told = f"VPC Endpoint Interface {endpoint.id}"
    return managed_interface(backend, subnet, "vpc_endpoint", told, endpoint.security_group_ids, owner=endpoint)


def _set_names(endpoint: Any) -> None:
    region = endpoint.ec2_backend.region_name
    service = endpoint.service_name.removeprefix(f"com.amazonaws.{region}.")
    zone, private_zone = f"Z{_zone_of(region)}", f"Z{endpoint.private_zone}"
    stem = f"{endpoint.id}-{endpoint.dns_suffix}"
    zones = [endpoint.ec2_backend.get_subnet(each).availability_zone for each in endpoint.subnet_ids]
    names = [(f"{name}.{service}.{region}.vpce.amazonaws.com", zone) for name in (stem, *_zonal(stem, zones))]
    if endpoint.private_dns_enabled:
        own = f"{service}.{region}.amazonaws.com"
        names.append((own, private_zone))
        if service == _EXECUTE_API:
            names.append((f"*.{own}", private_zone))
    endpoint.dns_entries = [{"dns_name": name, "hosted_zone_id": zone_id} for name, zone_id in names]


def _zone_of(region: str) -> str:
    """The zone of all endpoints' own names in a Region, whoever has them."""
    return hashlib.sha256(region.encode()).hexdigest()[:13].upper()


def _zonal(stem: str, zones: Sequence[str]) -> list[str]:
    return [f"{stem}-{zone}" for zone in zones]


def _private_dns_changes(original: Callable[..., Any]) -> Callable[..., Any]:
    def modify(response: Any) -> Any:
        wanted = response._get_bool_param("PrivateDnsEnabled")
        answer = original(response)
        (endpoint,) = response.ec2_backend.describe_vpc_endpoints([response._get_param("VpcEndpointId")])
        if hasattr(endpoint, "dns_suffix"):
            if wanted is not None:
                endpoint.private_dns_enabled = wanted
            _follow_subnets_and_groups(endpoint)
            _set_names(endpoint)
        return answer

    return modify


def _follow_subnets_and_groups(endpoint: Any) -> None:
    backend = endpoint.ec2_backend
    present = {backend.enis[each].subnet.id: each for each in endpoint.network_interface_ids}
    for subnet_id, interface_id in present.items():
        if subnet_id not in endpoint.subnet_ids:
            backend.enis.pop(interface_id)
    endpoint.network_interface_ids = [
        present.get(each) or _interface(backend, endpoint, backend.get_subnet(each))
        for each in endpoint.subnet_ids
    ]
    groups = [backend.get_security_group_from_id(each) for each in endpoint.security_group_ids]
    for interface_id in endpoint.network_interface_ids:
        backend.enis[interface_id]._group_set = groups


DEFECTS = (
    Defect(
        name="endpoint-interfaces",
        moto="gives an endpoint's interfaces addresses outside their subnets and the VPC's default group, and "
        "names the endpoint in a form of its own, in a zone made up each time; its default policy has a version",
        aws="takes free addresses of the subnets, the endpoint's groups, and names it in the Region's own zone, "
        "once for each Availability Zone, and by the service's own name where private DNS is on; no version",
        mend=lambda: replace(EC2Backend, "create_vpc_endpoint", _inside_the_subnet),
    ),
    Defect(
        name="endpoint-modified",
        moto="ignores a change of private DNS, and does not move interfaces when subnets or groups change",
        aws="does both",
        mend=lambda: replace(VPCs, "modify_vpc_endpoint", _private_dns_changes),
    ),
)
