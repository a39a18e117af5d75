"""A Terraform plan with 500 resources: checked in a process of its own, with and without its text."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from figures import Figure, at_most, process_seconds

GUIDE = Path(__file__).parents[1] / "tests" / "sources" / "terraform" / "guide"
_COPIES = 12


def checked() -> list[Figure]:
    """Seconds of `narrowgate check` of such a plan."""
    with tempfile.TemporaryDirectory(prefix="narrowgate-plan-") as place:
        folder = Path(place)
        count = write_plan(folder)
        alone = folder / "alone"
        alone.mkdir()
        shutil.copy(folder / "plan.json", alone / "plan.json")
        command = [sys.executable, "-m", "narrowgate", "check", "--fail-on", "none"]
        return [
            at_most(
                f"check of a plan with {count} resources, {how}",
                process_seconds([*command, str(plan)], runs=5),
                2.0,
            )
            for how, plan in (("with its text", folder / "plan.json"), ("alone", alone / "plan.json"))
        ]


def write_plan(folder: Path) -> int:
    """Write the guide's estate twelve times as one plan, each a module of its own; how many resources it has."""
    document = json.loads((GUIDE / "plan.json").read_text())
    shutil.copytree(GUIDE, folder / "guide", ignore=shutil.ignore_patterns("plan.json"))
    provider = (
        'provider "aws" {\n  region              = "us-east-1"\n  allowed_account_ids = ["111122223333"]\n}\n'
    )
    calls = "".join(f'module "estate{at}" {{\n  source = "./guide"\n}}\n' for at in range(_COPIES))
    (folder / "main.tf").write_text(provider + calls)
    root: dict[str, Any] = document["configuration"]["root_module"]
    document["configuration"]["root_module"] = {
        "module_calls": {f"estate{at}": {"source": "./guide", "module": root} for at in range(_COPIES)}
    }
    document["variables"] = {}
    document["resource_changes"] = [
        {**each, "address": f"module.estate{at}.{each['address']}"}
        for at in range(_COPIES)
        for each in document["resource_changes"]
    ]
    (folder / "plan.json").write_text(json.dumps(document))
    return len(document["resource_changes"])
