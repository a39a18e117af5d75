"""One template as one stack: its parameters, conditions and mappings, and the resources that it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.resource import GetAtt, Origin, Ref, Resource, Unknown
from narrowgate.sources.cloudformation.condition_functions import truth
from narrowgate.sources.cloudformation.decode import Tree, line_of, lines_of
from narrowgate.sources.cloudformation.functions import evaluate
from narrowgate.sources.cloudformation.loops import write_out
from narrowgate.sources.cloudformation.parameters import parameter_value
from narrowgate.sources.cloudformation.scope import NO_VALUE
from narrowgate.sources.cloudformation.settings import ACCOUNT, REGION

NESTED = "AWS::CloudFormation::Stack"
_SETTLED = frozenset({"CidrBlock", "AvailabilityZone", "Name", "DomainName"})
"""Attributes that a resource's own property settles, for functions that need text."""


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """Where a template is made, and with what."""

    name: str
    account: str | None
    region: str | None
    parameters: Mapping[str, Any]
    prefix: str = ""
    depth: int = 0


class Around(Protocol):
    """The stacks that are read together with a template."""

    warnings: list[str]

    def nested(self, parent: Template, name: str) -> Template | Unknown:
        """The template of a nested stack."""

    def exported(self, name: str, importer: Template) -> Any:
        """The value behind an export of the importer's account and Region."""

    def output_named(self, name: str) -> Any:
        """The output of a name of whichever stack has it; None where none has it, or none may."""

    def uncertain_types(self, template: Template, kinds: Iterable[str], why: Unknown) -> None:
        """Take in that a template may make resources of some types, nobody knows how many."""


class Template:
    """A template and what its names mean; values are followed when they are asked for."""

    def __init__(self, tree: Tree, path: Path, file: str, stack: Stack, around: Around) -> None:
        """Read the sections; loops are written out here.

        Raises:
            InputError: a section is no mapping, or a parameter's value is not allowed.
        """
        self.tree, self.path, self.file, self.stack, self._around = tree, path, file, stack, around
        self.account = stack.account or ACCOUNT
        self.region = stack.region or REGION
        self._visiting: set[tuple[str, str]] = set()
        self._deciding = 0
        self._conditions: dict[str, bool | Unknown] = {}
        self.parameters = self._section("Parameters")
        self._mappings = self._section("Mappings")
        self.resources = self._section("Resources")
        self._condition_texts = self._loops("Conditions")
        self.resources = self._loops("Resources")
        self.outputs = self._loops("Outputs")
        self.nested: dict[str, Template] = {}

    def _section(self, name: str) -> Tree:
        section = self.tree.get(name)
        if section is None:
            return Tree()
        if not isinstance(section, Tree):
            line = self.tree.line_of(name)
            raise InputError(f"`{name}` is no mapping", where=f"{self.file}:{line}")
        return section

    def _loops(self, name: str) -> Tree:
        found = write_out(self._section(name), lambda each: self.evaluated(each), self._loop_gap)
        return found if isinstance(found, Tree) else Tree()

    def _loop_gap(self, key: str, body: Any, why: Unknown) -> None:
        kinds = sorted({str(each.get("Type")) for each in _bodies(body) if "Type" in each})
        self._around.uncertain_types(self, kinds, why)
        self.warn(
            line_of(body, 0), f"{key}: {why.why}; what it makes is unknown: {', '.join(kinds) or 'nothing named'}"
        )

    def warn(self, line: int, text: str) -> None:
        """A warning with file and line."""
        where = f"{self.file}:{line}" if line else self.file
        self._around.warnings.append(f"{where}: {text}")

    # Scope

    def evaluated(self, value: Any) -> Any:
        """A value with every function in it followed."""
        return evaluate(value, self)

    def reference(self, name: str) -> Any:
        """What `Ref` gives: a pseudo parameter, a parameter, or a resource's id."""
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.parameters:
            return self._parameter(name)
        if name in self.resources:
            gone = self._gone(name)
            return gone or Ref(self.stack.prefix + name)
        return Unknown(f"`{name}` is neither a parameter nor a resource of {self.file}")

    def _pseudo(self, name: str) -> Any:
        given = self.stack.parameters.get(name)
        if given is not None:
            return given
        match name:
            case "AWS::NoValue":
                return NO_VALUE
            case "AWS::AccountId":
                return self._place("account", self.stack.account, self.account)
            case "AWS::Region":
                return self._place("Region", self.stack.region, self.region)
            case "AWS::Partition":
                return "aws-cn" if self.region.startswith("cn-") else "aws"
            case "AWS::URLSuffix":
                return "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"
            case "AWS::StackName":
                return self.stack.name
        return Unknown(f"`{name}` is known only after creation")

    def _place(self, what: str, told: str | None, stands: str) -> Any:
        if told is None and self._deciding:
            return Unknown(f"nothing tells the {what} of {self.file}")
        return stands

    def _parameter(self, name: str) -> Any:
        given = self.stack.parameters.get(name)
        if given is None:
            given = self._around.output_named(name)
        where = f"{self.file}:{self.parameters.line_of(name)}"
        return parameter_value(name, self.parameters[name], given, where)

    def attribute(self, name: str, attribute: str) -> Any:
        """What `Fn::GetAtt` gives."""
        if name not in self.resources:
            return Unknown(f"`{name}` is no resource of {self.file}")
        gone = self._gone(name)
        if gone:
            return gone
        resource = self.resources[name]
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if attribute.startswith("Outputs.") and kind in (NESTED, "AWS::Serverless::Application"):
            return self._nested_output(name, attribute.removeprefix("Outputs."))
        properties = resource.get("Properties") if isinstance(resource, dict) else None
        if attribute in _SETTLED and isinstance(properties, dict) and attribute in properties:
            key = (name, attribute)
            if key not in self._visiting:
                self._visiting.add(key)
                try:
                    value = self.evaluated(properties[attribute])
                finally:
                    self._visiting.discard(key)
                if isinstance(value, str):
                    return value
        return GetAtt(self.stack.prefix + name, attribute)

    def _gone(self, name: str) -> Unknown | None:
        holds = self._made(name)
        if holds is False:
            return Unknown(f"`{name}` is not made: its condition does not hold")
        return None

    def condition(self, name: str) -> bool | Unknown:
        """Whether a condition holds."""
        if name not in self._conditions:
            if name not in self._condition_texts:
                return Unknown(f"`{name}` is no condition of {self.file}")
            key = ("condition", name)
            if key in self._visiting:
                return Unknown(f"condition `{name}` leads back to itself")
            self._visiting.add(key)
            self._deciding += 1
            try:
                self._conditions[name] = truth(self._condition_texts[name], self)
            finally:
                self._deciding -= 1
                self._visiting.discard(key)
        return self._conditions[name]

    def imported(self, name: str) -> Any:
        """What another stack of the same account and Region exports."""
        return self._around.exported(name, self)

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """A mapping of the template."""
        found = self._mappings.get(name)
        return found if isinstance(found, dict) else None

    # Outputs

    def output(self, name: str) -> Any:
        """The value of an output."""
        found = self.outputs.get(name)
        key = ("output", name)
        if not isinstance(found, dict) or "Value" not in found:
            return Unknown(f"{self.file} has no output `{name}`")
        if key in self._visiting:
            return Unknown(f"output `{name}` leads back to itself")
        self._visiting.add(key)
        try:
            return self.evaluated(found["Value"])
        finally:
            self._visiting.discard(key)

    def exports(self) -> Iterator[tuple[str, str]]:
        """Names under which outputs are exported, and the outputs."""
        for name, each in self.outputs.items():
            export = each.get("Export") if isinstance(each, dict) else None
            if isinstance(export, dict) and self._made_by(each) is not False:
                text = self.evaluated(export.get("Name"))
                if isinstance(text, str):
                    yield text, name

    def _nested_output(self, name: str, output: str) -> Any:
        inner = self._around.nested(self, name)
        return inner if isinstance(inner, Unknown) else inner.output(output)

    # Resources

    def _made(self, name: str) -> bool | Unknown:
        resource = self.resources.get(name)
        return self._made_by(resource) if isinstance(resource, dict) else True

    def _made_by(self, part: Mapping[str, Any]) -> bool | Unknown:
        condition = part.get("Condition")
        return self.condition(condition) if isinstance(condition, str) else True

    def made(self) -> Iterator[Resource]:
        """The resources that the template makes, references kept as such.

        Raises:
            InputError: a resource without a type.
        """
        for name, each in self.resources.items():
            line = self.resources.line_of(name)
            if not isinstance(each, dict) or not isinstance(each.get("Type"), str):
                raise InputError(f"resource `{name[:60]}` has no `Type`", where=f"{self.file}:{line}")
            holds = self._made(name)
            if holds is False:
                continue
            properties = self.evaluated(each.get("Properties") or {})
            if not isinstance(properties, dict):
                why = properties.why if isinstance(properties, Unknown) else "they are no mapping"
                self.warn(line, f"{name}: its properties are not known: {why}")
                holds = Unknown(why)
                properties = {}
            yield Resource(
                logical_id=self.stack.prefix + name,
                type=each["Type"],
                account=self.account,
                region=self.region,
                properties=_without_empty(each["Type"], properties),
                origin=Origin(file=self.file, line=line, address=self.stack.prefix + name),
                written={
                    key: Origin(file=self.file, line=at, address=self.stack.prefix + name)
                    for key, at in lines_of(each.get("Properties")).items()
                },
                uncertain=holds if isinstance(holds, Unknown) else None,
            )


def _without_empty(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An empty list of egress rules means no rule of one's own, so AWS's stays (SG-02)."""
    if kind == "AWS::EC2::SecurityGroup" and properties.get("SecurityGroupEgress") == []:
        return {key: value for key, value in properties.items() if key != "SecurityGroupEgress"}
    return properties


def _bodies(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _bodies(each)
