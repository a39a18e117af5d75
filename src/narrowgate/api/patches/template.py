"""The parts of a change written into CloudFormation and SAM templates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from narrowgate.api.patches.files import Files
from narrowgate.api.patches.node import Entries, Node, Scalar, TextEdit, Uncertain, revise
from narrowgate.api.patches.references import place_of, referring
from narrowgate.api.patches.template_files import Templates
from narrowgate.api.patches.template_policy import SAM, policy_edits
from narrowgate.api.patches.template_references import resolved
from narrowgate.api.patches.template_rename import renamed
from narrowgate.api.patches.template_text import TemplateText, logical_id
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
    "SubnetIds": "AWS::EC2::TransitGatewayVpcAttachment",
    "VPCs": "AWS::Route53::HostedZone",
    "TargetIps": "AWS::Route53Resolver::ResolverRule",
    "FirewallRules": "AWS::Route53Resolver::FirewallRuleGroup",
    "RetentionInDays": "AWS::Logs::LogGroup",
}
_INLINE = {
    "AWS::EC2::SecurityGroupIngress": "SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress": "SecurityGroupEgress",
}


class TemplatePatch:
    """Writes parts into templates."""

    def __init__(self, files: Files, snapshot: Snapshot) -> None:
        """Write into these files."""
        self._templates = Templates(files, snapshot)
        self.made = self._templates.made
        self.remarks = self._templates.remarks

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
        template, api = self._templates.open(part.resource)
        if template.kind(api) == SAM:
            # The translator names the deployment by what the API's definition says (POL-03).
            if part.property == "VpcEndpointIds":
                raise Uncertain("SAM makes no deployment anew for its EndpointConfiguration")
            return
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
        self._templates.save(template, renamed(template.text, template.resources, named[0]))

    def restore(self, made: dict[str, Any]) -> None:
        """Forget what was added since."""
        self.remarks.clear()
        self.made.clear()
        self.made.update(made)

    def finish(self) -> None:
        """A template says everything as it is written."""

    # Resources

    def _add(self, part: Add) -> None:
        if part.type.startswith("Custom::"):
            raise Uncertain("CloudFormation has no resource for it")
        template, near = self._templates.open(part.near)
        name = logical_id(part, near, template)
        body = {"Type": part.type, "Properties": resolved(self._templates, dict(part.properties), template)}
        condition = template.resource(near).values.get("Condition")
        if isinstance(condition, Scalar):
            # What is made beside something under a condition is made under it as well.
            body = {"Type": part.type, "Condition": condition.value, "Properties": body["Properties"]}
        self._templates.save(template, [template.writer.entry(template.resources, name, body)])
        if part.own:
            self.made[part.own] = (str(template.path), name, part.type)

    def _set(self, part: Set) -> None:
        if part.property not in _OWNERS:
            raise Uncertain("no property of the template tells it")
        template, name = self._templates.open(part.resource)
        if not _is_owner(template.kind(name), part.property):
            line = template.resources.values[name].line
            raise Uncertain(f"it is written as {template.kind(name)}", line, str(template.path))
        properties = template.properties(name)
        if properties is None:
            raise Uncertain("it has no properties", template.resource(name).line, str(template.path))
        try:
            edits = list(self._edits(part, template, name))
        except Uncertain as problem:
            problem.file = problem.file or str(template.path)
            raise
        self._templates.save(template, edits)

    def _edits(self, part: Set, template: TemplateText, name: str) -> Iterator[TextEdit]:
        before, after = (
            resolved(self._templates, referring(self._templates.snapshot, each), template)
            for each in (part.before, part.after)
        )
        if part.property == "Policy":
            yield from policy_edits(template, name, before, after)
            return
        holder, key = template.properties(name), part.property
        assert holder is not None  # noqa: S101
        if key == "VpcEndpointIds":
            kind = holder.values.get("EndpointConfiguration")
            if isinstance(kind, Scalar) and template.kind(name) == SAM:
                yield template.writer.value(kind, {"Type": kind.value, "VPCEndpointIds": after})
                return
            holder, key = _endpoints(template, name, holder)
        node = holder.values.get(key)
        if node is not None:
            yield from revise(node, before, after, template.writer)
        else:
            yield template.writer.entry(holder, key, after)

    def _drop(self, part: Drop) -> None:
        own = str(next(iter(part.properties.values())))
        template, near = self._templates.open(own)
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
        self._templates.save(template, edits)

    def _is(self, template: TemplateText, name: str, wanted: Mapping[str, Any]) -> bool:
        properties = template.properties(name)
        if properties is None:
            return False
        for key, value in wanted.items():
            node = properties.values.get(key)
            if node is None or not self._tells(template, node, str(value)):
                return False
        return True

    def _tells(self, template: TemplateText, node: Node, wanted: str) -> bool:
        """Whether a property says a block or reads an id.

        Raises:
            Uncertain: nobody here can tell what it says.
        """
        if isinstance(node, Scalar):
            return str(node.value) == wanted
        text = template.text[node.start : node.end]
        named = re.search(r"(?:!Ref|!GetAtt|\"?Ref\"?:|\"?Fn::GetAtt\"?:)[\s\"\[]*([A-Za-z0-9]+)", text)
        name = place_of(self._templates.snapshot, wanted).address.rpartition("/")[2]
        if named is not None and name:
            return named[1] == name
        if named is not None and named[1] in template.resources.values:
            properties = template.properties(named[1])
            block = properties.values.get("CidrBlock") if properties else None
            if isinstance(block, Scalar):
                return str(block.value) == wanted
        raise Uncertain("what it leads to is computed", node.line, str(template.path))


def _is_owner(kind: str, word: str) -> bool:
    """Whether a type has a property; SAM's API has those of the API that it becomes."""
    return kind == _OWNERS[word] or (kind == SAM and _OWNERS[word] == "AWS::ApiGateway::RestApi")


def _endpoints(template: TemplateText, name: str, properties: Entries) -> tuple[Entries, str]:
    """Where an API names its endpoints, and by which word."""
    is_sam = template.kind(name) == SAM
    shared = template.within("Globals", "Api", "EndpointConfiguration") if is_sam else None
    found = properties.values.get("EndpointConfiguration")
    if shared is not None or not isinstance(found, Entries):
        raise Uncertain("its EndpointConfiguration is not written here", (shared or found or properties).line)
    return found, "VPCEndpointIds" if is_sam else "VpcEndpointIds"
