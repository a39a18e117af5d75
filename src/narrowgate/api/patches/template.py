"""The parts of a change written into CloudFormation and SAM templates."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from narrowgate.api.patches.circles import refuse_circle_of_resources
from narrowgate.api.patches.files import Files
from narrowgate.api.patches.node import Entries, Node, Scalar, TextEdit, Uncertain, apply_edits, revise
from narrowgate.api.patches.references import place_of, referring
from narrowgate.api.patches.template_rename import renamed
from narrowgate.api.patches.yaml_nodes import TemplateWriter, nodes_of
from narrowgate.generate.cloudformation.values import attribute_of
from narrowgate.generate.cloudformation.yaml_text import Tag
from narrowgate.model.resource import GetAtt, Join, Ref, Resource
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change
from narrowgate.repair.written import Add, Deploy, Drop, Part, Set

_OWNERS: Mapping[str, str] = {
    "EnableDnsSupport": "AWS::EC2::VPC",
    "EnableDnsHostnames": "AWS::EC2::VPC",
    "PrivateDnsEnabled": "AWS::EC2::VPCEndpoint",
    "SecurityGroupIds": "AWS::EC2::VPCEndpoint",
    "PolicyDocument": "AWS::EC2::VPCEndpoint",
    "Policy": "AWS::ApiGateway::RestApi",
    "DisableExecuteApiEndpoint": "AWS::ApiGateway::RestApi",
    "VpcEndpointIds": "AWS::ApiGateway::RestApi",
    "VPCs": "AWS::Route53::HostedZone",
    "TargetIps": "AWS::Route53Resolver::ResolverRule",
    "FirewallRules": "AWS::Route53Resolver::FirewallRuleGroup",
    "RetentionInDays": "AWS::Logs::LogGroup",
}
_INLINE = {
    "AWS::EC2::SecurityGroupIngress": "SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress": "SecurityGroupEgress",
}


class _Text:
    """One template as it is now."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        top = nodes_of(text, str(path))
        found = top.values.get("Resources")
        if not isinstance(found, Entries):
            raise Uncertain("its `Resources` are not understood", file=str(path))
        self.resources = found
        self.writer = TemplateWriter(text)

    def resource(self, name: str) -> Entries:
        """A resource by its logical id."""
        found = self.resources.values.get(name)
        if not isinstance(found, Entries):
            raise Uncertain(f"{name} is not written out in the template", file=str(self.path))
        return found

    def kind(self, name: str) -> str:
        """The type of a resource."""
        found = self.resource(name).values.get("Type")
        return str(found.value) if isinstance(found, Scalar) else ""

    def properties(self, name: str) -> Entries | None:
        """The properties of a resource; None where it has none."""
        found = self.resource(name).values.get("Properties")
        if found is None or isinstance(found, Entries):
            return found
        raise Uncertain("its properties are computed", found.line, str(self.path))


class TemplatePatch:
    """Writes parts into templates."""

    def __init__(self, files: Files, snapshot: Snapshot) -> None:
        """Write into these files."""
        self._files = files
        self._snapshot = snapshot
        self.made: dict[str, tuple[str, str, str]] = {}
        """What the patch adds: file, logical id, type, by the key that parts name it with."""

    def write(self, change: Change, part: Part) -> None:
        """Write a part.

        Raises:
            Uncertain: it cannot be written with certainty; nothing is written then.
        """
        match part:
            case Add():
                self._add(part)
            case Set():
                self._set(part)
            case Drop():
                self._drop(part)

    def deploy(self, part: Deploy) -> None:
        """Make the next update of the stack deploy an API.

        Raises:
            Uncertain: the text cannot say so.
        """
        template, api = self._open(part.resource)
        if template.kind(api) == "AWS::Serverless::Api":
            return  # The translator names the deployment by what the API says (POL-03).
        named = [
            name
            for name, each in template.resources.values.items()
            if isinstance(each, Entries)
            and template.kind(name) == "AWS::ApiGateway::Deployment"
            and self._is(template, name, {"RestApiId": part.resource})
        ]
        if len(named) != 1:
            raise Uncertain(
                f"{len(named) or 'no'} AWS::ApiGateway::Deployment of it: deploy it where that is done"
            )
        self._save(template, renamed(template.text, template.resources, named[0]))

    def restore(self, made: dict[str, Any]) -> None:
        """Forget what was added since."""
        self.made.clear()
        self.made.update(made)

    def finish(self) -> None:
        """A template says everything as it is written."""

    def _open(self, own: str) -> tuple[_Text, str]:
        """The template of a fact, and its logical id there."""
        if own in self.made:
            file, name, _ = self.made[own]
            return _Text(Path(file), self._files.read(Path(file))), name
        place = place_of(self._snapshot, own)
        if not place.address:
            raise Uncertain(f"{own} is written in no file of the source")
        path = Path(place.source)
        return _Text(path, self._files.read(path)), place.address.rpartition("/")[2]

    def _save(self, template: _Text, edits: list[TextEdit]) -> None:
        text = apply_edits(template.text, edits)
        self._files.write(template.path, text)
        refuse_circle_of_resources(text, _Text(template.path, text).resources)

    # Resources

    def _add(self, part: Add) -> None:
        if part.type.startswith("Custom::"):
            raise Uncertain("CloudFormation has no resource for it")
        template, near = self._open(part.near)
        name = _logical_id(part, near, template)
        body = {"Type": part.type, "Properties": self._resolved(dict(part.properties), template)}
        condition = template.resource(near).values.get("Condition")
        if isinstance(condition, Scalar):
            # What is made beside something under a condition is made under it as well.
            body = {"Type": part.type, "Condition": condition.value, "Properties": body["Properties"]}
        self._save(template, [template.writer.entry(template.resources, name, body)])
        if part.own:
            self.made[part.own] = (str(template.path), name, part.type)

    def _set(self, part: Set) -> None:
        if part.property not in _OWNERS:
            raise Uncertain("no property of the template tells it")
        template, name = self._open(part.resource)
        if template.kind(name) != _OWNERS[part.property]:
            line = template.resources.values[name].line
            raise Uncertain(f"it is written as {template.kind(name)}", line, str(template.path))
        properties = template.properties(name)
        if properties is None:
            raise Uncertain("it has no properties", template.resource(name).line, str(template.path))
        try:
            edits = list(self._edits(part, template, properties))
        except Uncertain as problem:
            problem.file = problem.file or str(template.path)
            raise
        self._save(template, edits)

    def _edits(self, part: Set, template: _Text, properties: Entries) -> Iterator[TextEdit]:
        before, after = (
            self._resolved(referring(self._snapshot, each), template) for each in (part.before, part.after)
        )
        holder: Node = properties
        if part.property == "VpcEndpointIds":
            holder = properties.values.get("EndpointConfiguration", properties)
            if holder is properties or not isinstance(holder, Entries):
                raise Uncertain("its EndpointConfiguration is not written here", properties.line)
        assert isinstance(holder, Entries)  # noqa: S101
        node = holder.values.get(part.property)
        if node is not None:
            yield from revise(node, before, after, template.writer)
        elif part.property == "Policy" and ({"Body", "BodyS3Location"} & holder.values.keys()) and part.before:
            raise Uncertain("its policy comes with its OpenAPI body", holder.line)
        else:
            yield template.writer.entry(holder, part.property, after)

    def _drop(self, part: Drop) -> None:
        own = str(next(iter(part.properties.values())))
        template, near = self._open(own)
        edits = []
        for name, each in template.resources.values.items():
            if (
                isinstance(each, Entries)
                and template.kind(name) == part.type
                and self._is(template, name, part.properties)
            ):
                if len(re.findall(rf"\b{re.escape(name)}\b", template.text)) > 1:
                    raise Uncertain(f"{name} is named elsewhere in the template", each.line, str(template.path))
                edits.append(template.writer.without(each, template.resources.spans[name]))
        inline = _INLINE.get(part.type)
        properties = template.properties(near)
        if inline and properties is not None and inline in properties.values:
            node = properties.values[inline]
            edits.append(template.writer.without(node, properties.spans[inline]))
        if not edits:
            raise Uncertain("what is to go is not found in its template", file=str(template.path))
        self._save(template, edits)

    def _is(self, template: _Text, name: str, wanted: Mapping[str, Any]) -> bool:
        properties = template.properties(name)
        if properties is None:
            return False
        for key, value in wanted.items():
            node = properties.values.get(key)
            if node is None or not self._tells(template, node, str(value)):
                return False
        return True

    def _tells(self, template: _Text, node: Node, wanted: str) -> bool:
        """Whether a property says a block or reads an id.

        Raises:
            Uncertain: nobody here can tell what it says.
        """
        if isinstance(node, Scalar):
            return str(node.value) == wanted
        text = template.text[node.start : node.end]
        named = re.search(r"(?:!Ref|!GetAtt|\"?Ref\"?:|\"?Fn::GetAtt\"?:)[\s\"\[]*([A-Za-z0-9]+)", text)
        name = place_of(self._snapshot, wanted).address.rpartition("/")[2]
        if named is not None and name:
            return named[1] == name
        if named is not None and named[1] in template.resources.values:
            properties = template.properties(named[1])
            block = properties.values.get("CidrBlock") if properties else None
            if isinstance(block, Scalar):
                return str(block.value) == wanted
        raise Uncertain("what it leads to is computed", node.line, str(template.path))

    # Values

    def _resolved(self, value: Any, template: _Text) -> Any:
        """A value with functions in place of references."""
        match value:
            case Ref(logical_id=own):
                return self._reference(own, None, template)
            case GetAtt(logical_id=own, attribute=attribute):
                return self._reference(own, attribute, template)
            case Join(parts=parts):
                return Tag("Sub", "".join(self._within(each, template) for each in parts))
            case dict():
                return {key: self._resolved(each, template) for key, each in value.items()}
            case list() | tuple():
                return [self._resolved(each, template) for each in value]
            case str():
                found = referring(self._snapshot, value)
                if not isinstance(found, str):
                    return self._resolved(found, template)
                return Tag("Ref", "AWS::Region") if found == self._region(template) else found
            case _:
                return value

    def _within(self, part: Any, template: _Text) -> str:
        """A part of `!Sub`."""
        if isinstance(part, str):
            escaped = part.replace("${", "${!")
            region = self._region(template)
            return escaped.replace(region, "${AWS::Region}") if region else escaped
        found = self._resolved(part, template)
        if isinstance(found, Tag):
            return str(found.value) if found.name == "Sub" else f"${{{found.value}}}"
        raise Uncertain("a part of the text has no short form")

    def _region(self, template: _Text) -> str | None:
        """The Region of a template's stack, which its text need not name."""
        path = str(template.path)
        return next(
            (
                each.region
                for each in self._snapshot.places.values()
                if each.source == path and each.region not in (None, "global")
            ),
            None,
        )

    def _reference(self, own: str, attribute: str | None, template: _Text) -> Any:
        other, name = self._open(own)
        if other.path != template.path:
            raise Uncertain(f"{name} is made by another template, {other.path}")
        kind = template.kind(name)
        if kind == "AWS::EC2::VPC" and not own.startswith("vpc-"):
            attribute = {"sg": "DefaultSecurityGroup", "acl": "DefaultNetworkAcl"}.get(own.partition("-")[0])
            if attribute is None:
                raise Uncertain("no template can name the main route table of a VPC", file=str(template.path))
        if kind == "AWS::EC2::SecurityGroup" and attribute is None:
            attribute = "GroupId"
        if attribute == "ExecutionArn":
            return Tag(
                "Sub", f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{name}}}"
            )
        resource = Resource(logical_id=name, type=kind, account="", region="", properties={})
        return attribute_of(resource, attribute)


def _logical_id(part: Add, near: str, template: _Text) -> str:
    words = [
        part.properties.get(each) for each in ("IpProtocol", "FromPort", "RuleNumber", "DestinationCidrBlock")
    ]
    words += [part.properties.get(each) for each in ("CidrIp", "CidrIpv6")]
    tail = part.type.rpartition(":")[2]
    text = near + tail + "".join(str(each).title() for each in words if isinstance(each, (str, int)))
    wanted = re.sub(r"[^A-Za-z0-9]", "", text)[:120]
    taken = template.resources.values
    return next(each for each in (wanted, *(f"{wanted}{at}" for at in range(2, 1000))) if each not in taken)
