"""EC2: what comes with a VPC and goes with it, and instances."""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.dhcp_options import DHCPOptionsSet
from moto.ec2.models.vpcs import VPC
from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring

from narrowgate.deploy.embedded.bridge.defect import Defect, replace

_IMAGE_SIZE = 8
"""GiB of an ordinary image."""


def _with_default_rule(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(backend: Any, *arguments: Any, **more: Any) -> Any:
        vpc = original(backend, *arguments, **more)
        group = backend.get_default_security_group(vpc.id)
        itself = [{"GroupId": group.id, "UserId": backend.account_id}]
        backend.authorize_security_group_ingress(
            group.id, "-1", None, None, [], source_groups=itself, vpc_id=vpc.id
        )
        return vpc

    return create


def _takes_its_acls(original: Callable[..., Any]) -> Callable[..., Any]:
    def delete(backend: Any, vpc_id: str) -> Any:
        vpc = original(backend, vpc_id)
        for own_id in [own_id for own_id, each in backend.network_acls.items() if each.vpc_id == vpc_id]:
            del backend.network_acls[own_id]
        return vpc

    return delete


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

    replace(DHCPOptionsSet, "owner_id", lambda _: property(lambda options: options.ec2_backend.account_id))
    replace(VPC, "dhcp_options_id", lambda original: property(options_id))
    replace(EC2Backend, "describe_dhcp_options", _with_default_dhcp_options)


def _of_the_image_s_size(original: Callable[..., Any]) -> Callable[..., Any]:
    def mappings(response: Any) -> Any:
        for each in response._get_param("BlockDeviceMappings", []):
            volume = each.get("Ebs", {})
            if volume and not volume.get("VolumeSize") and not volume.get("SnapshotId"):
                volume["VolumeSize"] = _IMAGE_SIZE
        return original(response)

    return mappings


def _with_groups_of_its_interface(original: Callable[..., Any]) -> Callable[..., Any]:
    def run(backend: Any, *arguments: Any, **more: Any) -> Any:
        reservation = original(backend, *arguments, **more)
        for instance in reservation.instances:
            if not instance.security_groups:
                instance.security_groups = [group for nic in instance.nics.values() for group in nic.group_set]
        return reservation

    return run


def _keeps_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(response: Any) -> Any:
        answer = original(response)
        answer.result["DhcpOptions"].add_tags(response._parse_tag_specification().get("dhcp-options", {}))
        return answer

    return create


def _monitors(_: Callable[..., Any]) -> Callable[..., Any]:
    def monitor(response: Any) -> Any:
        wanted = response._get_param("InstanceIds", [])
        for each in wanted:
            response.ec2_backend.get_instance(each).monitoring_state = "enabled"
        told = [{"InstanceId": each, "Monitoring": {"State": "pending"}} for each in wanted]
        return ActionResult({"InstanceMonitorings": told})

    return monitor


DEFECTS = (
    Defect(
        name="dhcp-options",
        moto="says of a VPC without a DHCP options set of its own that it has `default`, which it does not list, "
        "and tells no set's owner",
        aws="has a set with AmazonProvidedDNS in every Region, which new VPCs use, and tells owners",
        mend=_mend_dhcp_options,
    ),
    Defect(
        name="default-group",
        moto="lets nothing into a VPC's default group",
        aws="lets members of the group in",
        mend=lambda: replace(EC2Backend, "create_vpc", _with_default_rule),
    ),
    Defect(
        name="vpc-deleted",
        moto="keeps the default network ACL of a VPC that is deleted",
        aws="deletes it with the VPC",
        mend=lambda: replace(EC2Backend, "delete_vpc", _takes_its_acls),
    ),
    Defect(
        name="root-volume",
        moto="refuses an instance whose root volume is encrypted and has no size of its own",
        aws="gives it the size of the image",
        mend=lambda: replace(InstanceResponse, "_parse_block_device_mapping", _of_the_image_s_size),
    ),
    Defect(
        name="monitoring",
        moto="cannot switch the detailed monitoring of an instance on",
        aws="does",
        mend=lambda: replace(Monitoring, "monitor_instances", _monitors),
    ),
    Defect(
        name="dhcp-options-tags",
        moto="forgets the tags that a DHCP options set is made with",
        aws="keeps them",
        mend=lambda: replace(DHCPOptions, "create_dhcp_options", _keeps_tags),
    ),
    Defect(
        name="instance-groups",
        moto="tells no groups of an instance whose interface was given them",
        aws="tells those of its interface",
        mend=lambda: replace(EC2Backend, "run_instances", _with_groups_of_its_interface),
    ),
)
