"""Whether a lab can run here: each precondition really tried, in a child, the first that is missing named."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from narrowgate.lab.child import in_child
from narrowgate.lab.folders import claim, remove
from narrowgate.lab.kernel import netlink, spaces
from narrowgate.lab.kernel.nft import find_nft
from narrowgate.model.errors import NarrowgateError

_ENOUGH = 30
"""Network namespaces that the guide's estate takes, and some."""


class Finding(msgspec.Struct, frozen=True):
    """One precondition: whether it is there, and what to do where it is not."""

    name: str
    holds: bool
    text: str = ""
    help: str = ""


def examine() -> tuple[Finding, ...]:
    """Try every precondition, in the order in which a lab needs them; those after a failure are not tried."""
    found = []
    for finding in _try_all():
        found.append(finding)
        if not finding.holds:
            break
    return tuple(found)


def _try_all() -> Iterator[Finding]:
    if not sys.platform.startswith("linux"):
        yield Finding("Linux", False, f"this is {sys.platform}", "the lab needs Linux; everything else works here")
        return
    yield Finding("Linux", True, os.uname().release)
    yield _tried("extra", _extra, "pip install 'narrowgate[lab]'")
    yield _tried("nft", lambda: find_nft() and None, "install nftables")
    yield _tried("folder", _folder, "set XDG_RUNTIME_DIR to a folder of yours that can be written")
    yield _tried("user namespace", spaces.enter_user_namespace, _user_namespace_help(), child=True)
    yield _tried("namespaces", _namespaces, "raise the sysctl user.max_net_namespaces", child=True)
    yield _tried("devices", _devices, "the container needs CAP_NET_ADMIN over its own namespaces", child=True)
    yield _tried("packet filter", _filter, "the kernel needs nf_tables with conntrack and NFLOG", child=True)


def _tried(name: str, work: Callable[[], object], way_out: str, *, child: bool = False) -> Finding:
    def run(tell: Callable[[bytes], None]) -> None:
        work()
        tell(b"ok")

    try:
        if child:
            in_child(run)
        else:
            work()
    except NarrowgateError as error:
        place = f"{error.where}: " if error.where else ""
        return Finding(name, False, f"{place}{error.message}", error.help if name == "nft" else way_out)
    except (ImportError, OSError) as error:
        return Finding(name, False, str(error), way_out)
    return Finding(name, True)


def _extra() -> None:
    import cryptography  # noqa: F401
    import dns  # noqa: F401
    import hypercorn  # noqa: F401


def _folder() -> None:
    folder, lock = claim(f".doctor-{os.getpid()}")
    os.close(lock)
    remove(folder)


def _namespaces() -> None:
    """As many as a small lab takes: one for each interface and VPC."""
    spaces.enter_user_namespace()
    made = spaces.Spaces()
    for number in range(_ENOUGH):
        made.make(str(number))


def _devices() -> None:
    spaces.enter_user_namespace()
    made = spaces.Spaces()
    made.make("a")
    netlink.send(
        [netlink.veth(100, "x", (2, "eth0", made.descriptor("a")), (netlink.mac(1), netlink.mac(2)), 1500)]
    )


def _filter() -> None:
    spaces.enter_user_namespace()
    rules = (
        "table inet t { chain c { type filter hook forward priority 0; ct state established accept; "
        'log prefix "x" group 5 drop; }; }'
    )
    done = subprocess.run([find_nft(), "-f", "-"], input=rules, text=True, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise spaces.LabError(done.stderr.strip()[:200])
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12).close()


def _user_namespace_help() -> str:
    """What keeps user namespaces away here, as far as the machine tells."""
    limit = Path("/proc/sys/user/max_user_namespaces")
    restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if limit.is_file() and limit.read_text().strip() == "0":
        return "user namespaces are off: raise the sysctl user.max_user_namespaces, or run as root"
    if restricted.is_file() and restricted.read_text().strip() == "1":
        return (
            "AppArmor keeps user namespaces from plain users here: run with sudo, or allow `userns` in a profile"
        )
    return "a container needs CAP_SYS_ADMIN with seccomp and AppArmor unconfined; else run on the host"
