"""EC2: what an interface endpoint looks like, inside and in DNS."""

from collections.abc import Callable, Sequence
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPC
from moto.ec2.responses.vpcs import VPCs
from moto.ec2.utils import random_resource_id

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.interfaces import managed_interface

_EXECUTE_API = "execute-api"


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
            endpoint.dns_suffix = random_resource_id(8)
            endpoint.dns_zones = (random_resource_id(13).upper(), random_resource_id(13).upper())
            _set_names(endpoint)
        return endpoint

    return create


def _interface(backend: Any, endpoint: Any, subnet: Any) -> str:
    told = f"VPC Endpoint Interface {endpoint.id}"
    return managed_interface(backend, subnet, "vpc_endpoint", told, endpoint.security_group_ids, owner=endpoint)


def _set_names(endpoint: Any) -> None:
    region = endpoint.ec2_backend.region_name
    service = endpoint.service_name.removeprefix(f"com.amazonaws.{region}.")
    zone, private_zone = (f"Z{each}" for each in endpoint.dns_zones)
    stem = f"{endpoint.id}-{endpoint.dns_suffix}"
    zones = [endpoint.ec2_backend.get_subnet(each).availability_zone for each in endpoint.subnet_ids]
    names = [(f"{name}.{service}.{region}.vpce.amazonaws.com", zone) for name in (stem, *_zonal(stem, zones))]
    if endpoint.private_dns_enabled:
        own = f"{service}.{region}.amazonaws.com"
        names.append((own, private_zone))
        if service == _EXECUTE_API:
            names.append((f"*.{own}", private_zone))
    endpoint.dns_entries = [{"dns_name": name, "hosted_zone_id": zone_id} for name, zone_id in names]


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


def _default_dhcp_options(backend: Any) -> Any:
    """The set that every account has in every Region, made when it is first asked for."""
    if not hasattr(backend, "default_dhcp_options"):
        region = backend.region_name
        domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
        backend.default_dhcp_options = backend.create_dhcp_options(["AmazonProvidedDNS"], [domain])
    return backend.default_dhcp_options


def _with_default_dhcp_options(original: Callable[..., Any]) -> Callable[..., Any]:
    def describe(backend: Any, *arguments: Any, **more: Any) -> Any:
        _default_dhcp_options(backend)
        return original(backend, *arguments, **more)

    return describe


def _mend_dhcp_options() -> None:
    def options_id(vpc: Any) -> str:
        return str((vpc.dhcp_options or _default_dhcp_options(vpc.ec2_backend)).id)

    replace(VPC, "dhcp_options_id", lambda original: property(options_id))
    replace(EC2Backend, "describe_dhcp_options", _with_default_dhcp_options)


DEFECTS = (
    Defect(
        name="dhcp-options",
        moto="says of a VPC without a DHCP options set of its own that it has `default`, which it does not list",
        aws="has a set with AmazonProvidedDNS in every Region, which new VPCs use",
        mend=_mend_dhcp_options,
    ),
    Defect(
        name="endpoint-interfaces",
        moto="gives an endpoint's interfaces addresses outside their subnets and the VPC's default group, and "
        "names the endpoint in a form of its own, in a zone made up each time",
        aws="takes free addresses of the subnets, the endpoint's groups, and names it under vpce.amazonaws.com, "
        "once for each Availability Zone, and by the service's own name where private DNS is on",
        mend=lambda: replace(EC2Backend, "create_vpc_endpoint", _inside_the_subnet),
    ),
    Defect(
        name="endpoint-modified",
        moto="ignores a change of private DNS, and does not move interfaces when subnets or groups change",
        aws="does both",
        mend=lambda: replace(VPCs, "modify_vpc_endpoint", _private_dns_changes),
    ),
)
