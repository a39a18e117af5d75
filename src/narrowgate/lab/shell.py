"""Enter a host of a running lab: its network, its resolver, its trust; all else is the person's own machine."""

import ctypes
import os
import shutil
import socket
import struct
import time
from collections.abc import Sequence
from pathlib import Path

from narrowgate.lab.kernel import spaces
from narrowgate.lab.state import Reachable, State
from narrowgate.model.errors import InputError

_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_NAME_SERVICES = ("/run/nscd", "/run/systemd/resolve", "/run/dbus")
"""Sockets by which programs would ask the host's name service instead of the lab's."""

_OTHER_KEYS = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_PCAP_HEADER = struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def run_in(state: State, host: Reachable, command: Sequence[str], *, principal: str | None = None) -> int:
    """Run a command in a host of a lab, with this terminal; its exit status.

    Raises:
        LabError: the kernel refuses to enter.
        InputError: no such command, or a principal without a key.
    """
    environment = _environment(state, principal)
    process = os.fork()
    if process == 0:
        try:
            enter(state, host)
            _dress(state, host)
            os.execvpe(command[0], list(command), environment)  # noqa: S606 - the person's own command, as given
        except FileNotFoundError:
            os.write(2, f"error: no command `{command[0]}`\n".encode())
            os._exit(127)
        except OSError as error:
            os.write(2, f"error: the lab cannot be entered: {error}\n".encode())
            os._exit(126)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status)


def enter(state: State, host: Reachable) -> None:
    """Enter a host's namespaces; the process must have one thread only.

    Raises:
        OSError: the kernel refuses, or the lab is gone.
    """
    root = f"/proc/{state.process}"
    user = os.open(f"{root}/ns/user", os.O_RDONLY)
    network = os.open(f"{root}/fd/{host.descriptor}", os.O_RDONLY)
    spaces.set_namespace(user, spaces.CLONE_NEWUSER)
    spaces.set_namespace(network, spaces.CLONE_NEWNET)
    spaces.unshare(spaces.CLONE_NEWNS | spaces.CLONE_NEWUTS)


def _dress(state: State, host: Reachable) -> None:
    """What a host there has: resolver, hosts file, name, and the lab's authority among those that it trusts."""
    folder = Path(state.folder) / f"host-{host.address.replace(':', '-')}"
    folder.mkdir(exist_ok=True)
    spaces.mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    servers = "".join(f"nameserver {each}\n" for each in host.servers)
    files = {
        "/etc/resolv.conf": f"{servers}options timeout:5 attempts:2\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "/etc/hosts": f"127.0.0.1 localhost\n{host.address} {host.host_name}\n",
    }
    for target, content in files.items():
        _over(folder / Path(target).name, content.encode(), target)
    for bundle in _BUNDLES:
        if Path(bundle).is_file():
            _over(folder / "trust.pem", bundle_of(state), bundle)
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    for place in _NAME_SERVICES:
        if Path(place).is_dir():
            spaces.mount(str(empty), place, None, _MS_BIND)
    ctypes.CDLL(None).sethostname(host.host_name.encode(), len(host.host_name))


def _over(source: Path, content: bytes, target: str) -> None:
    """Put a file of the lab's over one of the host's, in this mount namespace alone."""
    real = Path(target).resolve()
    if not real.is_file():
        return
    source.write_bytes(content)
    spaces.mount(str(source), str(real), None, _MS_BIND)


def bundle_of(state: State) -> bytes:
    """The host's trusted authorities and the lab's own."""
    found = next((Path(each).read_bytes() for each in _BUNDLES if Path(each).is_file()), b"")
    return found + b"\n" + (Path(state.folder) / "ca.pem").read_bytes()


def _environment(state: State, principal: str | None) -> dict[str, str]:
    """The person's environment without proxies, with the lab's trust and, if wanted, a key."""
    dropped = {"http_proxy", "https_proxy", "all_proxy", "curl_ca_bundle", "ssl_cert_file", "ssl_cert_dir"}
    kept = {name: value for name, value in os.environ.items() if name.lower() not in dropped}
    bundle = Path(state.folder) / "trust.pem"
    bundle.write_bytes(bundle_of(state))
    kept |= {name: str(bundle) for name in ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")}
    if principal is not None:
        key = next((each for each in state.keys if principal in (each[2], "any")), None)
        if key is None:
            known = ", ".join(each[2] for each in state.keys) or "none"
            raise InputError(f"the lab has no key for `{principal[:60]}`", help=f"it has keys for: {known}")
        # A session's token or a profile of the person's would go before the lab's key, or be sent with it.
        kept = {name: value for name, value in kept.items() if name not in _OTHER_KEYS}
        kept |= {"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]}
    kept.setdefault("PS1", r"lab \h \$ ")
    return kept


def default_shell() -> tuple[str, ...]:
    """The person's shell."""
    found = os.environ.get("SHELL") or shutil.which("bash") or "/bin/sh"
    return (found,)


def capture(state: State, host: Reachable, out: Path, *, packets: int, seconds: float) -> int:
    """Write what passes a host's interface into a pcap file; how many packets.

    Checksums look wrong in it: the kernel leaves them to hardware, and there is none.
    """
    read_end, write_end = os.pipe()
    process = os.fork()
    if process == 0:
        count = 0
        try:
            with out.open("wb") as file:
                enter(state, host)
                count = _record(file.fileno(), packets, seconds)
            os.write(write_end, str(count).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        told = pipe.read()
    os.waitpid(process, 0)
    if not told:
        raise spaces.LabError("the capture did not start", help="is the lab still running, and the file writable?")
    return int(told)


def _record(file: int, packets: int, seconds: float) -> int:
    os.write(file, _PCAP_HEADER)
    ends = time.monotonic() + seconds
    count = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as link:
        link.bind(("eth0", 0))
        while count < packets and time.monotonic() < ends:
            link.settimeout(max(ends - time.monotonic(), 0.01))
            try:
                data = link.recv(65535)
            except TimeoutError:
                break
            now = time.time()
            os.write(file, struct.pack("=IIII", int(now), int(now % 1 * 1e6), len(data), len(data)) + data)
            count += 1
    return count
