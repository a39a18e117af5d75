#!/usr/bin/env python3
"""Set up, run and check narrowgate with nothing but Python and git: `python3 dev.py demo`, `python3 dev.py test`.

Everything goes into `.venv` beside this file, from hash-pinned requirements. The same checks run in CI.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXECUTABLE = ".exe" if os.name == "nt" else ""

CHECKS: tuple[tuple[str, Sequence[str]], ...] = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("layers", ("lint-imports",)),
    ("spelling", ("codespell", "src", "docs", "tests", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    ("dependencies", ("deptry", "src")),
)


def main() -> int:
    """Run one of the verbs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("setup", help="make .venv with narrowgate in it")
    verbs.add_parser("demo", help="set up and run the main job on the built-in estates")
    verbs.add_parser("check", help="format, lint, types, layers, spelling, dependencies")
    verbs.add_parser("test", help="all of `check`, then the tests; what CI runs")
    verbs.add_parser("lock", help="write requirements/*.txt anew from pyproject.toml")
    verbs.add_parser("checkov", help="make .venv/checkov, a scanner that judges generated code")
    options, rest = parser.parse_known_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this file may have any Python
        print("narrowgate needs Python 3.11 or later; this is " + sys.version.split()[0], file=sys.stderr)
        return 2
    if options.verb == "lock":
        return _lock()
    _set_up("run" if options.verb in ("setup", "demo") else "dev")
    if options.verb in ("setup", "demo"):
        _set_up_lab()
    if options.verb in ("checkov", "test"):
        _set_up_checkov()
    if options.verb == "checkov":
        return 0
    if options.verb == "demo":
        status = _run("narrowgate", "demo", *rest)
        # A path that works from here: nobody has activated anything yet.
        print(f"\n`narrowgate` is {(BIN / 'narrowgate').relative_to(ROOT)} here, or the name alone after", end=" ")
        print(f"`. {(BIN / 'activate').relative_to(ROOT)}`")
        return status
    if options.verb == "setup":
        print(f"narrowgate is ready: {BIN / 'narrowgate'}")
        return 0
    failed = [name for name, command in CHECKS if _announce(name, command) != 0]
    if options.verb == "test" and _announce("tests", ("pytest", "-n", "auto", *rest)) != 0:
        failed.append("tests")
    print(f"\n{'failed: ' + ', '.join(failed) if failed else 'all checks passed'}")
    return 1 if failed else 0


def _set_up(which: str) -> None:
    """Make the virtual environment, and install into it when what it should hold has changed."""
    requirements = ROOT / "requirements" / f"{which}.txt"
    stamp = VENV / f".narrowgate-{which}"
    project = (ROOT / "pyproject.toml").read_bytes()
    wanted = hashlib.sha256(requirements.read_bytes() + project + str(ROOT).encode()).hexdigest()
    if not (BIN / f"python{EXECUTABLE}").exists():
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("setting up .venv (once) …", file=sys.stderr, flush=True)
    pip = (str(BIN / f"python{EXECUTABLE}"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _install_pinned(pip, requirements)
    # The build back end is pinned by hash as well: no isolated environment that would fetch another.
    subprocess.run([*pip, "--no-build-isolation", "--no-deps", "-e", str(ROOT)], check=True)
    # Compiled once here, a first call is as fast as every later one, also where Python writes no bytecode.
    subprocess.run([str(BIN / f"python{EXECUTABLE}"), "-m", "compileall", "-q", str(ROOT / "src")], check=False)
    stamp.write_text(wanted)


def _set_up_lab() -> None:
    """Add what the lab needs, where there can be one; without it everything else works."""
    requirements = ROOT / "requirements" / "lab.txt"
    stamp = VENV / ".narrowgate-lab"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    dev = VENV / ".narrowgate-dev"
    if not sys.platform.startswith("linux") or dev.exists() or (stamp.exists() and stamp.read_text() == wanted):
        return
    python = str(BIN / f"python{EXECUTABLE}")
    try:
        _install_pinned((python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"), requirements)
    except subprocess.CalledProcessError:
        print("the lab's packages cannot be installed here: no packets will be sent", file=sys.stderr)
        return
    stamp.write_text(wanted)


def _set_up_checkov() -> None:
    """Make `.venv/checkov`: checkov pins an old boto3 and networkx, which must not hold narrowgate back."""
    requirements = ROOT / "requirements" / "checkov.txt"
    home = VENV / "checkov"
    stamp = home / ".narrowgate"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("setting up .venv/checkov (once) …", file=sys.stderr, flush=True)
    venv.create(home, with_pip=True, clear=True)
    python = str(home / BIN.name / f"python{EXECUTABLE}")
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _install_pinned(pip, requirements)
    stamp.write_text(wanted)


def _install_pinned(pip: Sequence[str], requirements: Path) -> None:
    """Install exactly what a requirements file pins.

    The files are complete, so nothing is left to resolve. Without `--no-deps` older pips look at newer releases of
    what a package wants with an extra (`coverage[toml]`), and then refuse them for want of a hash.
    """
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", str(requirements)], check=True)


def _announce(name: str, command: Sequence[str]) -> int:
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    return _run(*command)


def _run(program: str, *arguments: str) -> int:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run([str(BIN / f"{program}{EXECUTABLE}"), *arguments], cwd=ROOT, env=environment).returncode


def _lock() -> int:
    """Pin with uv, which hashes every file of a release and writes no registry's address."""
    uv = shutil.which("uv") or str(BIN / "uv")
    base = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--universal", "--python-version", "3.11"]
    base += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
    base += ["--custom-compile-command", "python3 dev.py lock"]
    build = str(ROOT / "requirements" / "build.in")
    checkov = str(ROOT / "requirements" / "checkov.in")
    for name, sources in (
        ("run", ["pyproject.toml", build]),
        ("dev", ["--extra", "dev", "pyproject.toml", build]),
        ("lab", ["--extra", "lab", "-c", str(ROOT / "requirements" / "dev.txt"), "pyproject.toml"]),
        ("checkov", [checkov]),
    ):
        target = str(ROOT / "requirements" / f"{name}.txt")
        code = subprocess.run([*base, "-o", target, *sources], cwd=ROOT).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
