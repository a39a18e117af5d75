"""The runbook: commands and parameters are those of AWS's models; ids are made before they are used."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache

import botocore.loaders
import botocore.model
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator
from tests.unit.generate import every

from narrowgate.api.generate import generated_files
from narrowgate.generate.runbook.types import MERGED, WRITERS

GLOBAL = frozenset({"region", "profile", "query", "output", "cli-input-json"})
CUSTOM = {
    ("cloudformation", "deploy"): frozenset(
        {
            "stack-name",
            "template-file",
            "capabilities",
            "no-fail-on-empty-changeset",
            "parameter-overrides",
            "tags",
        }
    )
}
"""Commands that the CLI adds to the services' own, with the options that are used of them."""
SHORTHANDS = {
    ("ec2", "revoke-security-group-ingress"): frozenset({"protocol", "port", "cidr"}),
}
"""Options that the CLI adds to an operation's own."""
OPTIONAL = {("ec2", "run-instances"): frozenset({"min-count", "max-count"})}
"""What an operation needs and the CLI fills in."""


@cache
def _loader() -> botocore.loaders.Loader:
    return botocore.loaders.Loader()


@cache
def _model(service: str) -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(_loader().load_service_model(service, "service-2"))


@cache
def _operation(service: str, command: str) -> botocore.model.OperationModel:
    model = _model(service)
    names = {xform_name(each, "-"): each for each in model.operation_names}
    assert command in names, f"aws {service} has no {command}"
    return model.operation_model(names[command])


def _options(service: str, command: str) -> dict[str, botocore.model.Shape]:
    shape = _operation(service, command).input_shape
    members = shape.members if shape is not None else {}
    return {xform_name(name, "-"): each for name, each in members.items()}


def _blocks(text: str) -> Iterator[str]:
    return (match[1] for match in re.finditer(r"^```sh\n(.*?)^```$", text, re.S | re.M))


def _commands(block: str) -> Iterator[list[str]]:
    block = re.sub(r"^cat > \S+ <<'?(\w+)'?\n.*?^\1$", "", block, flags=re.S | re.M)
    block = block.replace("\\\n", " ")
    for line in block.split("\n"):
        inner = re.match(r"(?:export )?[A-Z0-9_]+=\$\((aws .*)\)$", line)
        command = inner[1] if inner else line
        if command.startswith("aws "):
            yield shlex.split(command)


def _check(words: list[str]) -> None:
    _, service, command, *rest = words
    flags = [each.removeprefix("--") for each in rest if each.startswith("--")]
    if (service, command) in CUSTOM:
        assert set(flags) <= CUSTOM[service, command] | GLOBAL, words
        return
    known = _options(service, command)
    extra = SHORTHANDS.get((service, command), frozenset())
    for flag in flags:
        name = flag.removeprefix("no-") if flag.startswith("no-") and flag not in known else flag
        assert flag in GLOBAL or name in known or name in extra, f"aws {service} {command} has no --{flag}"
        if name != flag:
            assert known[name].type_name == "boolean", f"--{flag} switches nothing off"
    shape = _operation(service, command).input_shape
    required = {xform_name(each, "-") for each in (shape.required_members if shape else ())}
    generated = {
        xform_name(n, "-")
        for n, s in (shape.members if shape else {}).items()
        if s.metadata.get("idempotencyToken")
    }
    required -= OPTIONAL.get((service, command), frozenset())
    if "cli-input-json" in flags:
        return  # Its document is judged where the shell has written it.
    assert required - generated <= set(flags), f"aws {service} {command} lacks {required - set(flags)}"
    output = _operation(service, command).output_shape
    if "query" in flags and output is not None:
        query = rest[rest.index("--query") + 1]
        first = re.match(r"(?:length\(|sort\()?([A-Za-z]+)", query)
        assert first and (first[1] in output.members or first[1] in _wire_names(output)), f"{query} of {command}"


def _wire_names(shape: botocore.model.Shape) -> set[str]:
    return set(shape.members)


@pytest.mark.parametrize("form", ["runbook", "cloudformation"])
def test_every_command_and_option_is_one_of_aws(form):
    checked = 0
    for _, files in every.files(form):
        for name, text in files.items():
            if name.endswith(".md"):
                for block in _blocks(text):
                    for words in _commands(block):
                        _check(words)
                        checked += 1
    assert checked > 500


@pytest.mark.parametrize("form", ["runbook", "cloudformation"])
def test_every_variable_is_set_before_it_is_used(form):
    for plan, files in every.files(form):
        text = next(each for name, each in files.items() if name.endswith(".md"))
        known = {"HOST"}
        for block in _blocks(text):
            for line in block.split("\n"):
                used = set(re.findall(r"(?<!\\)\$\{?([A-Z][A-Z0-9_]+)", line))
                own = re.match(r"(?:export )?([A-Z][A-Z0-9_]+)=", line)
                header = set(re.findall(r"\$(X_APIGW_API_ID)", line)) | {"X_APIGW_API_ID"}
                assert used - header <= known | ({own[1]} if own else set()), f"{plan}: {line}"
                if own:
                    known.add(own[1])


def test_every_block_is_what_a_shell_reads_and_documents_are_json(tmp_path):
    """The shell itself writes the documents, with every id set, and they are JSON."""
    for number, example in enumerate(
        ("guide/hosted-zone", "two-accounts/resolver", "custom-domain/custom-domain")
    ):
        text = generated_files(every.plan(*example.split("/")), "runbook")["RUNBOOK.md"]
        folder = tmp_path / str(number)
        folder.mkdir()
        script = "aws() { echo an-id; }\ndig() { :; }\ncurl() { :; }\ngetent() { :; }\nHOST=x\nX_APIGW_API_ID=x\n"
        steps, _, undo = text.partition("## Undo")
        (folder / "steps.sh").write_text(script + "\n".join(_blocks(steps)))
        (folder / "undo.sh").write_text(script + "set -u\n" + "\n".join(_blocks(undo)))
        for name in ("steps.sh", "undo.sh"):  # In a shell of its own: `ids.env` has to hold everything.
            done = subprocess.run(["sh", name], cwd=folder, capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, ""), done.stderr
        documents = list(folder.glob("*.json"))
        assert documents
        for each in documents:
            json.loads(each.read_text())
        alarm = _operation("cloudwatch", "put-metric-alarm").input_shape
        for each in folder.glob("*_alarm.json"):
            report = ParamValidator().validate(json.loads(each.read_text()), alarm)
            assert not report.has_errors(), report.generate_report()
        policy = json.loads((folder / "orders_api-policy.json").read_text())
        assert policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceVpce"] == "an-id"


def test_the_guides_runbook_has_why_console_commands_check_and_undo_for_its_parts():
    text = generated_files(every.plan("guide", "hosted-zone"), "runbook")["RUNBOOK.md"]
    for part in ("## What you need", "## Test", "## Undo", "dig +short", "(AGW-01)", "delete-vpc-endpoints"):
        assert part in text
    steps = re.split(r"^### \d", text, flags=re.M)[1:]
    assert all("Why: " in each and "Console: " in each and "```sh" in each for each in steps)


def test_every_type_that_a_plan_makes_has_a_step_or_is_part_of_one():
    made = {each.type for _, plan in every.plans() for each in plan.made}
    assert made <= set(WRITERS) | MERGED
