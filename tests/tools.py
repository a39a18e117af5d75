"""Programs that judge what narrowgate makes: skipped where they are not installed, but never in CI."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_PLUGIN_FOLDERS = (
    *(os.environ.get(name, "") for name in ("NARROWGATE_TF_PLUGINS", "TF_PLUGIN_DIR")),
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
    "/opt/terraform/plugins",
)


def missing(what: str) -> None:
    """Skip with a reason; in CI every judge has to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI has to have it")
    pytest.skip(f"{what} is not installed")


def terraform_environment(folder: Path) -> dict[str, str]:
    """The environment for `terraform`, with the AWS provider out of a folder of this machine.

    Args:
        folder: where the CLI configuration may be written.
    """
    if shutil.which("terraform") is None:
        missing("terraform")
    mirrors = (Path(each).expanduser() for each in _PLUGIN_FOLDERS if each)
    mirror = next((each for each in mirrors if any(each.glob("*/hashicorp/aws/*/*"))), None)
    if mirror is None:
        missing("the AWS provider of Terraform (NARROWGATE_TF_PLUGINS names its folder)")
    configuration = folder / "terraform.rc"
    text = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    configuration.write_text(text)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return {**kept, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


def terraform(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """Run Terraform in a folder; its output. Fails the test where Terraform fails."""
    done = subprocess.run(
        ["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"terraform {' '.join(arguments)}\n{done.stdout[-6000:]}{done.stderr[-6000:]}"
    return done.stdout


def checkov(folder: Path, *frameworks: str) -> list[dict[str, object]]:
    """Every finding of checkov in a folder, as it reports them."""
    program = ROOT / ".venv" / "checkov" / "bin" / "checkov"
    if not program.exists():
        missing("checkov (python3 dev.py checkov)")
    arguments = ["-d", str(folder), "--quiet", "--compact", "-o", "json", "--skip-download"]
    for framework in frameworks:
        arguments += ["--framework", framework]
    environment = {**os.environ, "LOG_LEVEL": "ERROR", "CHECKOV_RUN_SCA_PACKAGE_SCAN_V2": "false"}
    done = subprocess.run([str(program), *arguments], env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode in (0, 1), done.stderr[-4000:]
    reports = json.loads(done.stdout)
    reports = reports if isinstance(reports, list) else [reports]
    return [each for report in reports for each in report.get("results", {}).get("failed_checks", [])]
