"""A folder read by `terraform test` with mocked providers: no credentials, no network, every id made up alike.

Terraform itself computes locals, modules, functions and `for_each`. What it makes up beside ids is not taken: an
argument counts only where the text sets it. Provider defaults, which mocks leave out, are this program's own.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.model.resource import GetAtt, Join, Ref
from narrowgate.model.snapshot import Snapshot
from narrowgate.sources.terraform.document import Plan, State, StateModule, StateValues
from narrowgate.sources.terraform.hcl.syntax import Body
from narrowgate.sources.terraform.instances import Instance, state_instances
from narrowgate.sources.terraform.linking import Linker
from narrowgate.sources.terraform.load import finished, linker_for
from narrowgate.sources.terraform.offers import OFFERED, symbol
from narrowgate.sources.terraform.planned import aliases
from narrowgate.sources.terraform.policies import policy_document
from narrowgate.sources.terraform.program import TerraformFailed, copied, initialise, run
from narrowgate.sources.terraform.shapes import looks_made_up
from narrowgate.sources.terraform.text import Texts

_TESTS = "narrowgate-test"
_MARK = "narrowgate-document"
_INTERFACES = 6
"""How many subnets an endpoint can be in: as many as a Region has zones."""


def snapshot_by_test(folder: Path, assume_complete: bool = False) -> Snapshot:
    """Apply a copy to mocked providers, and read the state that comes of it.

    Raises:
        TerraformFailed: Terraform could not run it.
    """
    texts = Texts(folder)
    with copied(folder) as copy:
        (copy / _TESTS).mkdir()
        (copy / _TESTS / "narrowgate.tftest.hcl").write_text(test_file(texts), encoding="utf-8")
        initialise(copy, folder)
        output = run(copy, "test", "-json", "-verbose", f"-test-directory={_TESTS}", "-no-color", source=folder)
    instances = state_instances(_state(output))
    linker = mocked_linker(instances, folder, texts)
    return finished(linker, folder, texts, assume_complete=assume_complete)


def mocked_linker(instances: list[Instance], folder: Path, texts: Texts) -> Linker:
    """Instances of a mocked state, with references for every id that Terraform made up."""
    kept = [_configured(each, texts) for each in instances]
    linker = linker_for(Plan(), kept, folder, texts)
    symbols: dict[str, Any] = {}
    twice: set[str] = set()
    for each in instances:
        for value, found in _made_up(each, linker):
            if symbols.setdefault(value, found) != found:
                twice.add(value)
    known = {value: found for value, found in symbols.items() if value not in twice}
    linker.replace_inside(known, twice)
    linker.replace_inside({**known, **dict(_addresses(instances, linker))}, twice)
    linker.replace_whole(dict(_documents(kept, linker)))
    return linker


def test_file(texts: Texts) -> str:
    """The test: one apply to mocked providers, with ARNs and names that pass as such."""
    lines: list[str] = []
    for alias in aliases(texts):
        lines += ['mock_provider "aws" {']
        if alias:
            lines.append(f'  alias = "{alias}"')
        lines += ["}", ""]
    lines += [f'mock_provider "{name}" {{\n}}\n' for name in _other_providers(texts)]
    for path, mode, kind, name in _blocks(texts):
        values = _override(mode, kind, f"{path}{kind}.{name}")
        if not values:
            continue
        word = "override_data" if mode == "data" else "override_resource"
        target = f"{path}{'data.' if mode == 'data' else ''}{kind}.{name}"
        lines += [f"{word} {{", f"  target = {target}", f"  values = {values}", "}", ""]
    return "\n".join([*lines, 'run "all" {', "  command = apply", "}", ""])


def _blocks(texts: Texts) -> Iterator[tuple[str, str, str, str]]:
    """Every block whose module's address the text tells: no `count` and no `for_each` is on the way there."""
    waiting: list[tuple[tuple[str, ...], str]] = [((), "")]
    while waiting:
        names, address = waiting.pop()
        module = texts.module(names)
        if module is None or len(names) > 20:
            continue
        for mode, kind, name in module.resources:
            yield address, mode, kind, name
        waiting += [
            ((*names, each.labels[0]), f"{address}module.{each.labels[0]}.")
            for each in module.blocks
            if each.type == "module" and not {"count", "for_each"} & set(each.body.attributes)
        ]


def _override(mode: str, kind: str, address: str) -> str:
    """What mocked providers make up so that other arguments refuse it, in a form that passes, unique by block.

    Terraform passes over a value for an attribute that a type does not have.
    """
    if mode == "data":
        if kind != "aws_iam_policy_document":
            return ""
        return f"{{ json = {json.dumps(_mark(address))} }}"
    if not kind.startswith("aws_"):
        return ""
    name = re.sub(r"[^A-Za-z0-9]+", "-", address)
    values: dict[str, Any] = {"arn": f"arn:aws:iam::000000000000:role/{name}"}
    if kind == "aws_vpc_endpoint":
        digest = hashlib.sha256(address.encode()).digest()
        places = range(_INTERFACES)
        values["dns_entry"] = [
            {"dns_name": f"{name}.name.invalid", "hosted_zone_id": f"Z{digest.hex()[:16].upper()}"}
        ]
        values["network_interface_ids"] = [f"{name}-interface-{at}" for at in places]
    return json.dumps(values)


def _mark(address: str) -> str:
    """What stands for a policy document's text: JSON, as the provider asks for, and told apart by its address."""
    return json.dumps({_MARK: address}, separators=(",", ":"))


def _other_providers(texts: Texts) -> list[str]:
    kinds = {kind.partition("_")[0] for _, _, kind, _ in _blocks(texts)}
    return sorted(kinds - {"aws", "terraform"})


class _TestState(msgspec.Struct, frozen=True, kw_only=True):
    """What `terraform test -verbose` prints of the state; the provider's schema beside it is passed over."""

    root_module: StateModule = StateModule()


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `terraform test -json`."""

    type: str = ""
    test_state: _TestState | None = None


def _state(output: str) -> State:
    for line in output.splitlines():
        if '"test_state"' in line:
            message = msgspec.json.decode(line, type=_Message)
            if message.test_state is not None:
                return State(values=StateValues(root_module=message.test_state.root_module))
    raise TerraformFailed("`terraform test` printed no state")


def _made_up(instance: Instance, linker: Linker) -> Iterator[tuple[str, Any]]:
    """What Terraform made up for an instance, and the reference that it stands for."""
    own, values = instance.address, instance.values
    if instance.mode != "managed":
        return
    for name, offer in OFFERED.get(instance.type, {}).items():
        if isinstance(values.get(name), str):
            yield values[name], symbol(own, offer)
    if instance.type == "aws_api_gateway_rest_api" and isinstance(values.get("execution_arn"), str):
        account, region = linker.where(linker.instances_by_address[own])
        yield values["execution_arn"], Join((f"arn:aws:execute-api:{region}:{account}:", Ref(own)))
    for at, each in enumerate(values.get("dns_entry") or ()):
        yield each.get("dns_name") or "", GetAtt(own, f"DnsEntries.{at}.DnsName")
        yield each.get("hosted_zone_id") or "", GetAtt(own, f"DnsEntries.{at}.HostedZoneId")
    if instance.type == "aws_vpc_endpoint":
        for at, each in enumerate(values.get("network_interface_ids") or ()):
            yield each, GetAtt(own, f"NetworkInterfaceIds.{at}")
    if instance.type == "aws_route53_resolver_endpoint":
        for at, each in enumerate(values.get("ip_address") or ()):
            if looks_made_up(each.get("ip")):
                yield each["ip"], GetAtt(own, f"IpAddresses.{at}.Ip")


def _addresses(instances: list[Instance], linker: Linker) -> Iterator[tuple[str, Any]]:
    """The made-up addresses of interfaces that data sources look up, by what they were asked for."""
    for each in instances:
        value = each.values.get("private_ip")
        if each.type == "aws_network_interface" and each.mode == "data" and looks_made_up(value):
            yield str(value), linker.attribute(linker.instances_by_address[each.address], "private_ip")


def _documents(instances: list[Instance], linker: Linker) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What stands for each policy document's text: the document, made of its statements."""
    for each in instances:
        if each.type == "aws_iam_policy_document":
            yield _mark(re.sub(r"(^|\.)data\.", r"\1", each.address)), partial(policy_document, linker, each)


def _configured(instance: Instance, texts: Texts) -> Instance:
    """An instance with the arguments that the text sets; the rest is made up."""
    modules, mode, kind, name = instance.block
    block = texts.block(modules, mode, kind, name)
    values = _set(instance.values, block.body) if block else {}
    if instance.type == "aws_iam_policy_document":
        values.pop("json", None)
    return msgspec.structs.replace(
        instance, values=values, is_made_up=True, provider=texts.provider(modules, block)
    )


def _set(values: dict[str, Any], body: Body) -> dict[str, Any]:
    kept = {name: values[name] for name in body.attributes if name in values}
    inner: dict[str, list[Body]] = {}
    for each in body.blocks:
        if each.type == "dynamic" and each.labels:
            inner.setdefault(each.labels[0], []).extend(one.body for one in each.body.of_type("content"))
        else:
            inner.setdefault(each.type, []).append(each.body)
    for name, bodies in inner.items():
        written = values.get(name)
        if isinstance(written, list):
            merged = _merged(bodies)
            kept[name] = [_set(each, merged) if isinstance(each, dict) else each for each in written]
    return kept


def _merged(bodies: list[Body]) -> Body:
    attributes = {name: each for body in bodies for name, each in body.attributes.items()}
    return Body(attributes, tuple(block for body in bodies for block in body.blocks))
