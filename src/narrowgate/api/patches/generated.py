"""Files that a program wrote: no patch of them would last, so the place to change is told instead."""

from collections.abc import Iterable
from pathlib import Path

from narrowgate.model.errors import InputError
from narrowgate.model.repair import RepairStep
from narrowgate.sources.cloudformation.decode import decode_template
from narrowgate.sources.cloudformation.recognise import is_cdk_output

_PATH = "aws:cdk:path"


def is_generated(source: Path, files: Iterable[str]) -> bool:
    """True for the output of a CDK app, and for templates that carry the CDK's marks."""
    if source.is_dir() and is_cdk_output(source):
        return True
    return any(_PATH.encode() in Path(each).read_bytes() for each in dict.fromkeys(files) if Path(each).is_file())


def why_generated(source: Path, step: RepairStep) -> str:
    """Why a step's file is not edited, and where its resource comes from; empty for a file of a person."""
    construct = construct_of(Path(step.file), step.address)
    if construct or (source.is_dir() and is_cdk_output(source)):
        what = f"`{construct}`" if construct else f"of {step.address}"
        return f"{step.file} is written by the CDK: change the construct {what} in the app, and synthesize again"
    if step.file.endswith(".json"):
        return f"{step.address}: its text is not beside {step.file}"
    return ""


def construct_of(template: Path, address: str) -> str:
    """The CDK's path of the construct that a resource of a template comes from; empty where none is told."""
    try:
        resources = decode_template(template.read_bytes(), str(template)).get("Resources")
    except (OSError, InputError):
        return ""
    found = resources.get(address.rpartition("/")[2]) if isinstance(resources, dict) else None
    metadata = found.get("Metadata") if isinstance(found, dict) else None
    path = metadata.get(_PATH) if isinstance(metadata, dict) else None
    # The last step of the path is the resource within its construct.
    return path.removesuffix("/Resource") if isinstance(path, str) else ""
