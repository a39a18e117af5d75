"""The user's own Terraform, driven: plan, show, apply, look again, destroy. State stays where it keeps it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from narrowgate.model.deployment import PlannedChange
from narrowgate.model.errors import DeploymentError, InputError

Say = Callable[[str], None]
"""Told one line of progress."""

_PLAN = "narrowgate.tfplan"
_QUIET = ("-input=false", "-no-color")
_INTERRUPTED = "Interrupt received."
_CHANGED = 2
_ERROR = re.compile(r"^\s*[│╷╵|]?\s*Error: (?P<text>.+)$", re.MULTILINE)
_PROGRESS = re.compile(r"(?P<what>.+: (?:Creation|Modifications|Destruction) complete after \S+)")
_ACTIONS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
}


def need_terraform(environment: Mapping[str, str]) -> None:
    """Make sure that there is a Terraform to drive.

    Raises:
        InputError: there is none on the path.
    """
    if shutil.which("terraform", path=environment.get("PATH")) is None:
        raise InputError(
            "this engine runs Terraform, which is not installed",
            help="install it; `narrowgate generate cloudformation` writes stacks with the commands to deploy them",
        )


class Terraform:
    """One root folder.

    Every method raises DeploymentError with Terraform's own first error, and with the way to go on: the state
    knows what was made, so the same command continues and `--destroy` undoes.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], say: Say) -> None:
        """Drive Terraform in a folder.

        Raises:
            InputError: Terraform is not installed.
        """
        need_terraform(environment)
        self.folder = folder
        self._environment = {**environment, "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
        self._say = say

    def init(self) -> None:
        """Get providers and modules ready."""
        self._run("init", *_QUIET)

    def plan(self, *, destroy: bool = False) -> tuple[PlannedChange, ...]:
        """What would change; the plan is kept for `apply`."""
        self._run("plan", *_QUIET, f"-out={_PLAN}", *(("-destroy",) if destroy else ()))
        return tuple(_changes(self._json("show", "-json", _PLAN)))

    def apply(self) -> None:
        """Do what was planned, and nothing else."""
        try:
            self._run("apply", *_QUIET, _PLAN)
        finally:
            # A plan holds every value in clear.
            (self.folder / _PLAN).unlink(missing_ok=True)

    def forget_plan(self) -> None:
        """Throw a plan away that nobody wants."""
        (self.folder / _PLAN).unlink(missing_ok=True)

    def is_settled(self) -> bool:
        """Whether nothing is left to change."""
        return self._run("plan", *_QUIET, "-detailed-exitcode", accepted=(0, _CHANGED)) == 0

    def resources(self) -> dict[str, Mapping[str, Any]]:
        """The attributes of every resource in the state, by address."""
        state = self._json("show", "-json")
        return dict(_resources(state.get("values", {}).get("root_module", {})))

    def _json(self, *arguments: str) -> dict[str, Any]:
        lines: list[str] = []
        self._run(*arguments, keep=lines.append)
        found: dict[str, Any] = json.loads("".join(lines))
        return found

    def _run(self, *arguments: str, accepted: tuple[int, ...] = (0,), keep: Say | None = None) -> int:
        heard: list[str] = []
        process = subprocess.Popen(  # noqa: S603 - the user's own Terraform, with arguments of ours
            ["terraform", *arguments],  # noqa: S607
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        try:
            status = self._listen(process, heard, keep)
        except KeyboardInterrupt:
            # The terminal told Terraform as well: it writes its state, and only then may we go. Until then its
            # words are read on: a pipe that closes would end it in the middle.
            self._say("waiting for Terraform to write its state")
            self._listen(process, heard, keep)
            raise
        if status not in accepted and any(_INTERRUPTED in line for line in heard):
            # The signal reached Terraform alone, or came while Python could not raise: it is no failure.
            raise KeyboardInterrupt
        if status not in accepted:
            raise DeploymentError(
                f"terraform {arguments[0]}: {_first_error(''.join(heard))}",
                where=str(self.folder),
                help="the same command goes on from here; with --destroy it undoes what was made",
            )
        return status

    def _listen(self, process: subprocess.Popen[str], heard: list[str], keep: Say | None) -> int:
        # No `with`: it would close the pipe when interrupted, a quarter of a second after the first Ctrl-C.
        for line in process.stdout or ():
            heard.append(line)
            if keep is not None:
                keep(line)
            elif (told := _PROGRESS.match(line)) is not None:
                self._say(told["what"])
        status = process.wait()
        if process.stdout is not None:
            process.stdout.close()
        return status


def _first_error(text: str) -> str:
    found = _ERROR.search(text)
    return found["text"].strip() if found else (text.strip().splitlines() or ["no word of why"])[-1]


def _changes(plan: Mapping[str, Any]) -> Iterator[PlannedChange]:
    for each in plan.get("resource_changes", ()):
        action = _ACTIONS.get(tuple(each["change"]["actions"]))
        if action is not None and each.get("mode") != "data":
            yield PlannedChange(action=action, address=each["address"])


def _resources(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in module.get("resources", ()):
        yield each["address"], each.get("values", {})
    for child in module.get("child_modules", ()):
        yield from _resources(child)
