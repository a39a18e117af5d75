"""A scene in short: VPCs without their subnets, which say what they hold."""

from collections.abc import Iterator

import msgspec

from narrowgate.report.html.picture.scene import Chip, Scene, VpcBox

_KINDS = ("endpoint", "resolver", "balancer", "gateway")


def compact(scene: Scene) -> Scene:
    """The same with every subnet's chips on its VPC, each once, and counts of subnets and instances."""
    vpcs = tuple(msgspec.structs.replace(each, subnets=(), chips=tuple(_chips(each))) for each in scene.vpcs)
    return msgspec.structs.replace(scene, vpcs=vpcs)


def _chips(vpc: VpcBox) -> Iterator[Chip]:
    yield from vpc.chips
    held = [chip for subnet in vpc.subnets for chip in subnet.chips]
    once = {chip.key: chip for chip in reversed(held) if chip.kind in _KINDS}
    for own in sorted(once):
        chip = once[own]
        # A Resolver endpoint's label holds the address that it has in one subnet.
        yield (
            msgspec.structs.replace(chip, label=chip.label.partition(" ")[0]) if chip.kind == "resolver" else chip
        )
    hosts = sum(int(each.label.split()[0]) if each.is_many else 1 for each in held if each.kind == "host")
    words = f"{len(vpc.subnets)} subnets" + (f", {hosts} instances" if hosts else "")
    names = ", ".join(f"{each.label} {each.cidr}" for each in vpc.subnets[:20])
    yield Chip(key=f"subnets/{vpc.key}", kind="host", label=words, title=names, is_many=True)
