"""Machines that lack something, made by the kernel itself: each is told in one sentence, and nothing is left."""

import ctypes
import os
import platform
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tools import ROOT, missing

GUIDE = ROOT / "examples" / "guide" / "snapshot"
LAB = f"{sys.executable} -m narrowgate lab"
_UNSHARE = {"x86_64": 272, "aarch64": 97}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_EPERM = 1


def _in_namespaces(command: str, folder: Path, **more: object) -> subprocess.CompletedProcess[str]:
    """A shell that is root of namespaces of its own: what it mounts and limits is gone with it."""
    program = shutil.which("unshare")
    if program is None:
        missing("unshare")
    return subprocess.run(
        [program, "--user", "--map-root-user", "--mount", "sh", "-c", command],
        env={**os.environ, "XDG_RUNTIME_DIR": str(folder), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        **more,
    )


LACKING = {
    "nft": (
        "for each in $(command -v nft) /usr/sbin/nft; do mount --bind /dev/null $each; done",
        "missing nft: the lab needs `nft`",
        "install nftables",
    ),
    "user namespaces": (
        "echo 0 > /proc/sys/user/max_user_namespaces",
        "missing user namespace: the kernel refuses: no more namespaces",
        "raise the sysctl user.max_user_namespaces",
    ),
    "network namespaces": (
        "echo 3 > /proc/sys/user/max_net_namespaces",
        "missing namespaces: the kernel refuses: no more namespaces",
        "raise the sysctl user.max_net_namespaces",
    ),
    "a folder that can be written": (
        "mount -t tmpfs -o ro none $XDG_RUNTIME_DIR",
        "Read-only file system",
        "set XDG_RUNTIME_DIR to a folder of yours",
    ),
    "room": (
        "mount -t tmpfs -o size=64k none $XDG_RUNTIME_DIR",
        "no space is left there",
        "set XDG_RUNTIME_DIR to a folder of yours",
    ),
}


@pytest.mark.parametrize("what", LACKING)
def test_the_doctor_names_what_is_missing_and_the_way_out(tmp_path, what):
    broken, said, way_out = LACKING[what]
    done = _in_namespaces(f"{broken} && {LAB} doctor", tmp_path)
    assert done.returncode == 1, done.stderr
    assert said in done.stdout
    assert done.stdout.splitlines()[-1].startswith("To do: ")
    assert way_out in done.stdout


@pytest.mark.parametrize("what", ["user namespaces", "room"])
def test_a_lab_that_cannot_start_says_so_in_two_lines_and_leaves_nothing(tmp_path, what):
    done = _in_namespaces(f"{LACKING[what][0]} && {LAB} up {GUIDE}; echo $?; ls -A $XDG_RUNTIME_DIR", tmp_path)
    assert len(done.stderr.splitlines()) == 2
    assert done.stderr.startswith("error: ")
    assert done.stdout == "2\n"


def test_a_container_that_may_not_make_namespaces_is_told_which_capability(tmp_path):
    if platform.machine() not in _UNSHARE:
        pytest.skip(f"the number of `unshare` on {platform.machine()} is not known here")
    done = subprocess.run(
        [*LAB.split(), "doctor"],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        preexec_fn=_refuse_unshare,
        timeout=60,
    )
    assert "missing user namespace: the kernel refuses: Operation not permitted" in done.stdout
    assert "a container needs CAP_SYS_ADMIN with seccomp and AppArmor unconfined" in done.stdout


def _refuse_unshare() -> None:
    """What Docker's default profile does: `unshare` fails, all else works."""
    load, jump, back = 0x20, 0x15, 0x06
    program = b"".join(
        struct.pack("HBBI", *each)
        for each in (
            (load, 0, 0, 0),
            (jump, 0, 1, _UNSHARE[platform.machine()]),
            (back, 0, 0, 0x00050000 | _EPERM),
            (back, 0, 0, 0x7FFF0000),
        )
    )
    kept = ctypes.create_string_buffer(program)
    filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.create_string_buffer(filters)) == 0
