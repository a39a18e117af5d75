"""Deployments that Terraform makes anew: `triggers` that follow what is saved (POL-03).

The provider deploys when it makes a deployment, never when the API changes: a saved policy counts only once an
argument of the deployment differs.
"""

import re
from collections.abc import Iterator

from narrowgate.api.patches.hcl_nodes import HclWriter, node_of
from narrowgate.api.patches.node import Entries, Scalar, TextEdit, Uncertain
from narrowgate.api.patches.terraform_edits import argument_added, block_added
from narrowgate.api.patches.terraform_text import Found, TerraformText, address_of
from narrowgate.generate.terraform.hcl import Block, Raw
from narrowgate.repair.written import Deploy

_KIND = "aws_api_gateway_deployment"
_POLICY = "aws_api_gateway_rest_api_policy"
_OTHERS = {
    "DisableExecuteApiEndpoint": ("disable_execute_api_endpoint", "default_endpoint"),
    "VpcEndpointIds": ("endpoint_configuration", "endpoints"),
}
"""What counts once it is deployed beside the policy: its attribute, and the name of its trigger."""
_FILES = re.compile(r"\b(?:filesha\d+|filemd5|filebase64sha\d+|file|fileset)\(")


def deployed_anew(text: TerraformText, part: Deploy) -> tuple[Found, list[TextEdit]]:
    """The edits after which the next apply deploys what is saved; none where the deployment follows it already.

    Raises:
        Uncertain: the deployment is not there, is more than one, or its triggers are computed.
    """
    found = _deployment(text, part)
    attributes = found.block.body.attributes
    expression, name = _saved(text, part)
    triggers = attributes.get("triggers")
    if triggers is not None:
        start, end = found.spans.of(triggers)
        if _follows(found.source[start:end], expression):
            if part.property:
                return found, []
            why = f"its triggers follow what is saved: `terraform apply -replace={found.key}` makes it anew"
            raise Uncertain(why, triggers.line, str(found.path))
    if "stage_name" in attributes:
        line = attributes["stage_name"].line
        raise Uncertain("it makes its stage itself, which would go with it", line, str(found.path))
    if triggers is None:
        edits = [argument_added(found, found.block.body, "triggers", {name: Raw(f"sha1({expression})")})]
    else:
        node = node_of(found.source, found.spans, triggers.value)
        if not isinstance(node, Entries):
            raise Uncertain("its triggers are computed", triggers.line, str(found.path))
        edits = [HclWriter(found.source).entry(node, name, Raw(f"sha1({expression})"))]
    # A deployment that a stage points to cannot go before the stage points to the next one.
    return found, [*edits, *_made_first(found)]


def _deployment(text: TerraformText, part: Deploy) -> Found:
    address = address_of(text.snapshot, part.resource)
    text.single(address.names)
    named: list[Found] = []
    for each in text.resources(address.names, _KIND):
        api = each.block.body.attributes.get("rest_api_id")
        if text.reads(api.value if api else None, part.resource, address.names):
            named.append(each)
    if len(named) != 1:
        raise Uncertain(f"{len(named) or 'no'} `{_KIND}` of it: deploy it where that is done")
    word = next((each for each in ("count", "for_each") if each in named[0].block.body.attributes), None)
    if word is not None:
        raise Uncertain(f"`{word}` makes its deployment", named[0].block.line, str(named[0].path))
    return named[0]


def _saved(text: TerraformText, part: Deploy) -> tuple[str, str]:
    """What a trigger follows, and its name."""
    address = address_of(text.snapshot, part.resource)
    if part.property in _OTHERS:
        attribute, name = _OTHERS[part.property]
        return f"jsonencode({address.local}.{attribute})", name
    for each in text.resources(address.names, _POLICY):
        api = each.block.body.attributes.get("rest_api_id")
        if text.reads(api.value if api else None, part.resource, address.names):
            return f"{each.key}.policy", "policy"
    body = text.resource(address).block.body.attributes
    return f"{address.local}.{'policy' if 'policy' in body or 'body' not in body else 'body'}", "policy"


def _follows(triggers: str, expression: str) -> bool:
    """Whether triggers differ when a value does; a hash of files follows all that is written there."""
    plain = expression.removeprefix("jsonencode(").removesuffix(")")
    resource, _, attribute = (re.escape(each) for each in plain.rpartition("."))
    return bool(
        re.search(rf"\b{resource}(?:\.{attribute}\b|(?![\w.\[-]))", triggers)
        or _FILES.search(triggers)
        or "timestamp()" in triggers
    )


def _made_first(found: Found) -> Iterator[TextEdit]:
    block = next(found.block.body.of_type("lifecycle"), None)
    if block is None:
        yield block_added(found, Block("lifecycle", (), [("create_before_destroy", True)]))
        return
    written = block.body.attributes.get("create_before_destroy")
    if written is None:
        yield argument_added(found, block.body, "create_before_destroy", True)
        return
    node = node_of(found.source, found.spans, written.value)
    if not isinstance(node, Scalar):
        raise Uncertain("whether it is made before the old one goes is computed", written.line, str(found.path))
    if node.value is not True:
        yield HclWriter(found.source).value(node, True)
