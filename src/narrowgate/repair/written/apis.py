"""Private APIs, endpoints and log groups as parts."""

import re
from collections.abc import Iterator
from typing import Any

from narrowgate.engine.policy.document import compile_policy
from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.apigateway import RestApi
from narrowgate.model.errors import InputError
from narrowgate.model.fact import UnsetType
from narrowgate.model.logs import LogGroup
from narrowgate.model.privatelink import VpcEndpoint
from narrowgate.repair.written.parts import Part, Set


def rest_api(own: str, before: RestApi | None, after: RestApi | None) -> Iterator[Part]:
    """The policy, the default endpoint, the endpoints that it is associated with."""
    if before is None or after is None:
        return
    if before.policy != after.policy:
        yield Set(
            resource=own,
            property="Policy",
            before=_document(before.policy, PolicyKind.RESOURCE, own),
            after=_document(after.policy, PolicyKind.RESOURCE, own),
        )
    if before.disable_execute_api_endpoint != after.disable_execute_api_endpoint:
        yield Set(
            resource=own,
            property="DisableExecuteApiEndpoint",
            before=before.disable_execute_api_endpoint,
            after=after.disable_execute_api_endpoint,
        )
    old, new = (
        []
        if isinstance(each.endpoint_configuration, UnsetType)
        else list(each.endpoint_configuration.vpc_endpoint_ids)
        for each in (before, after)
    )
    if old != new:
        yield Set(resource=own, property="VpcEndpointIds", before=old, after=new)


def vpc_endpoint(own: str, before: VpcEndpoint | None, after: VpcEndpoint | None) -> Iterator[Part]:
    """Private DNS, the policy, the groups."""
    if before is None or after is None:
        return
    if before.private_dns_enabled != after.private_dns_enabled:
        yield Set(
            resource=own,
            property="PrivateDnsEnabled",
            before=before.private_dns_enabled,
            after=after.private_dns_enabled,
        )
    if before.policy_document != after.policy_document:
        yield Set(
            resource=own,
            property="PolicyDocument",
            before=_document(before.policy_document, PolicyKind.ENDPOINT),
            after=_document(after.policy_document, PolicyKind.ENDPOINT),
        )
    old, new = (
        [] if isinstance(each.groups, UnsetType) else [group.group_id for group in each.groups]
        for each in (before, after)
    )
    if old != new:
        yield Set(resource=own, property="SecurityGroupIds", before=old, after=new)


def log_group(own: str, before: LogGroup | None, after: LogGroup | None) -> Iterator[Part]:
    """The retention."""
    if before is not None and after is not None and before.retention_in_days != after.retention_in_days:
        yield Set(
            resource=own,
            property="RetentionInDays",
            before=before.retention_in_days,
            after=after.retention_in_days,
        )


def _document(text: str | UnsetType | None, kind: PolicyKind, own: str = "") -> Any:
    """A policy as an object; None where there is none, the text where it is none.

    An API's own ARN is written in its short form: its policy can have no reference to itself (POL-16).
    """
    if not isinstance(text, str) or not text:
        return None
    if own:
        text = re.sub(rf"arn:aws[\w-]*:execute-api:[\w-]*:\d*:{re.escape(own)}\b", "execute-api:", text)
    try:
        return compile_policy(text, kind=kind).document
    except InputError:
        return text
