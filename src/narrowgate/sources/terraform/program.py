"""The user's `terraform`, run on a copy: never in their folder, never on their state or backend."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from narrowgate.model.errors import InputError
from narrowgate.sources.terraform.stated import STATED
from narrowgate.sources.terraform.text import Texts

_LEFT_OUT = shutil.ignore_patterns(
    ".terraform", "*.tfstate", "*.tfstate.*", "*.tfplan", "*.tftest.hcl", "*.tftest.json", ".git", "node_modules"
)
_SECONDS = 600
_STATED = "zz_narrowgate.auto.tfvars.json"
"""Terraform reads such files in the order of their names, and the last one counts."""
_PLACE = re.compile(r"\bon ([^\s]+ line \d+)")
_PLUGIN_FOLDERS = ("NARROWGATE_TF_PLUGINS", "TF_PLUGIN_DIR")
_USUAL_FOLDERS = (
    "~/.terraform.d/plugins",
    "~/.terraform.d/plugin-cache",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
)


class TerraformFailed(Exception):
    """A command of Terraform that failed; the text is the first line of what it complained of."""


def is_installed() -> bool:
    """True where the `terraform` program is on the path."""
    return shutil.which("terraform") is not None


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of a Terraform folder and of the local modules that it calls, taken away at the end.

    What `terraform init` installed there is not copied, but for modules; providers are looked for where they are.
    """
    folder = folder.resolve()
    needed = [folder, *local_modules(folder)]
    common = Path(os.path.commonpath(needed))
    with tempfile.TemporaryDirectory(prefix="narrowgate-terraform-") as place:
        root = Path(place) / "copy"
        for each in needed:
            shutil.copytree(
                each, root / each.relative_to(common), ignore=_LEFT_OUT, dirs_exist_ok=True, symlinks=False
            )
        own = root / folder.relative_to(common)
        installed = folder / ".terraform" / "modules"
        if installed.is_dir():
            shutil.copytree(installed, own / ".terraform" / "modules", dirs_exist_ok=True)
        if stated := STATED.get().variables:
            (own / _STATED).write_text(json.dumps(dict(stated)), encoding="utf-8")
        yield own


def local_modules(folder: Path) -> list[Path]:
    """The folders of the local modules that a folder calls, but for those inside it."""
    texts = Texts(folder)
    found: dict[Path, None] = {}
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        path = waiting.pop()
        module = texts.module(path)
        if module is None or len(path) > 20:
            continue
        own = module.folder.resolve()
        if path and ".terraform" not in own.parts:
            found[own] = None
        waiting += [(*path, each.labels[0]) for each in module.blocks if each.type == "module" and each.labels]
    # A module inside another folder that is copied anyway needs no copy of its own.
    return [each for each in found if folder not in each.parents and each != folder]


def run(folder: Path, *arguments: str, source: Path) -> str:
    """Run `terraform` in a copy; its output.

    `source` is the user's own folder, whose providers may be there already.

    Raises:
        TerraformFailed: it failed, or took too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the user's own program, on a copy of the user's own files
            ["terraform", *arguments],  # noqa: S607
            cwd=folder,
            env=_environment(source, folder),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise TerraformFailed(f"`terraform {arguments[0]}` took longer than {_SECONDS} s") from None
    except OSError as error:
        raise TerraformFailed(f"`terraform` cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        raise TerraformFailed(f"`terraform {arguments[0]}`: {_complaint(done.stderr or done.stdout)}")
    return done.stdout


def initialise(folder: Path, source: Path, *, backend: bool = False) -> None:
    """`terraform init` in a copy, with the providers of this machine where they are found.

    Without `backend` the backend is left out; a plan needs one, and has a local one by its override file.

    Raises:
        TerraformFailed: it failed; a lock file that does not fit the provider found is set aside first.
    """
    arguments = ["init", "-input=false", "-no-color", *(() if backend else ("-backend=false",))]
    plugins = _plugins(source)
    if plugins is None:
        run(folder, *arguments, source=source)
        return
    try:
        run(folder, *arguments, f"-plugin-dir={plugins}", source=source)
    except TerraformFailed:
        (folder / ".terraform.lock.hcl").unlink(missing_ok=True)
        try:
            run(folder, *arguments, f"-plugin-dir={plugins}", source=source)
        except TerraformFailed:
            # A provider that is not in that folder: as the user's own configuration says.
            run(folder, *arguments, source=source)


def _plugins(source: Path) -> Path | None:
    own = source / ".terraform" / "providers"
    named = [Path(os.environ[name]) for name in _PLUGIN_FOLDERS if os.environ.get(name)]
    for each in (own, *named, *(Path(each).expanduser() for each in _USUAL_FOLDERS)):
        if any(each.glob("*/hashicorp/aws/*/*")):
            return each.resolve()
    return None


def _environment(source: Path, folder: Path) -> dict[str, str]:
    """The user's environment without credentials and without what points at their workspace or data."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_LOG"))
    }
    rc = kept.get("TF_CLI_CONFIG_FILE")
    if rc and not Path(rc).is_file():
        del kept["TF_CLI_CONFIG_FILE"]
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region:
        kept["AWS_REGION"] = region
    return {**kept, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}


def _complaint(output: str) -> str:
    """The first error that Terraform prints, in one line and without values that it quotes."""
    for line in output.splitlines():
        if line.startswith("{") and '"diagnostic"' in line and '"error"' in line:
            return _diagnosed(line)
    text = re.sub(r"\x1b\[[0-9;]*m", "", output).replace("\N{BOX DRAWINGS LIGHT VERTICAL}", " ")
    # The first one with a place: what comes before only announces it.
    parts = text.split("Error: ")[1:]
    part = next((each for each in parts if _PLACE.search(each)), parts[0] if parts else "failed")
    words, place = part.strip().splitlines()[0].strip(), _PLACE.search(part)
    return _with_way_out(f"{words} ({place[1]})" if place else words)


def _with_way_out(words: str) -> str:
    return f"{words}: `--parameter NAME=VALUE` gives one" if "No value for required variable" in words else words


def _diagnosed(line: str) -> str:
    """The same of a line of `-json`."""
    try:
        told = json.loads(line)["diagnostic"]
        place = told.get("range") or {}
        where = f" ({place['filename']} line {place['start']['line']})" if place else ""
        return _with_way_out(f"{told['summary']}{where}")
    except (ValueError, KeyError, TypeError):
        return "failed"


def no_terraform(folder: Path, complaints: list[str]) -> InputError:
    """What is said where no way to read a folder is left for want of Terraform."""
    return InputError(
        f"is a folder of Terraform files, and `terraform` is not installed; not by {'; '.join(complaints)}",
        where=str(folder),
        help="give a plan as JSON instead: `terraform show -json PLAN > plan.json` where Terraform is",
    )
