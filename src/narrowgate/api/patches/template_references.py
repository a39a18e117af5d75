"""Values with a template's functions in place of references and ids."""

from typing import Any

from narrowgate.api.patches.node import Uncertain
from narrowgate.api.patches.references import referring
from narrowgate.api.patches.template_exports import imported
from narrowgate.api.patches.template_files import Templates
from narrowgate.api.patches.template_text import TemplateText
from narrowgate.generate.cloudformation.values import attribute_of
from narrowgate.generate.cloudformation.yaml_text import Tag
from narrowgate.model.resource import GetAtt, Join, Ref, Resource


def resolved(templates: Templates, value: Any, template: TemplateText) -> Any:
    """A value as a template writes it.

    Raises:
        Uncertain: nothing in the template reads what it refers to.
    """
    match value:
        case Ref(logical_id=own):
            return _reference(templates, own, None, template)
        case GetAtt(logical_id=own, attribute=attribute):
            return _reference(templates, own, attribute, template)
        case Join(parts=parts):
            return Tag("Sub", "".join(_within(templates, each, template) for each in parts))
        case dict():
            return {key: resolved(templates, each, template) for key, each in value.items()}
        case list() | tuple():
            return [resolved(templates, each, template) for each in value]
        case str():
            found = referring(templates.snapshot, value)
            if not isinstance(found, str):
                return resolved(templates, found, template)
            return Tag("Ref", "AWS::Region") if found == _region(templates, template) else found
        case _:
            return value


def _within(templates: Templates, part: Any, template: TemplateText) -> str:
    """A part of `!Sub`."""
    if isinstance(part, str):
        escaped = part.replace("${", "${!")
        region = _region(templates, template)
        return escaped.replace(region, "${AWS::Region}") if region else escaped
    found = resolved(templates, part, template)
    if isinstance(found, Tag) and found.name in ("Ref", "GetAtt", "Sub"):
        return str(found.value) if found.name == "Sub" else f"${{{found.value}}}"
    raise Uncertain("a part of the text has no short form")


def _region(templates: Templates, template: TemplateText) -> str | None:
    stack = templates.stack_of(template)
    return stack.region if stack is not None else None


def _reference(templates: Templates, own: str, attribute: str | None, template: TemplateText) -> Any:
    other, name = templates.open(own)
    kind = other.kind(name)
    if kind == "AWS::EC2::VPC" and not own.startswith("vpc-"):
        attribute = {"sg": "DefaultSecurityGroup", "acl": "DefaultNetworkAcl"}.get(own.partition("-")[0])
        if attribute is None:
            raise Uncertain("no template can name the main route table of a VPC", file=str(other.path))
    if kind == "AWS::EC2::SecurityGroup" and attribute is None:
        attribute = "GroupId"
    resource = Resource(logical_id=name, type=kind, account="", region="", properties={})
    if other.path != template.path:
        if attribute == "ExecutionArn":
            raise Uncertain(f"{name} is made by another template, {other.path}")
        return imported(templates, (other, name, attribute_of(resource, attribute)), template)
    if attribute == "ExecutionArn":
        return Tag("Sub", f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{name}}}")
    return attribute_of(resource, attribute)
