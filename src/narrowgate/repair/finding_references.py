"""Repairs of findings about what names something that is not there, or is not named where it has to be."""

import copy
import json
from collections.abc import Iterator
from shlex import quote

import msgspec

from narrowgate.engine.policy.statements import PolicyKind
from narrowgate.model.fact import UnsetType
from narrowgate.model.finding import Finding
from narrowgate.model.snapshot import Snapshot
from narrowgate.repair.change import Change, Edit
from narrowgate.repair.propose.endpoint_associations import association_changed
from narrowgate.repair.propose.policies import document_of, policy_change
from narrowgate.repair.propose.routes import acceptance
from narrowgate.repair.propose.statements import Found
from narrowgate.repair.propose.transit_gateways import association


def without_missing_endpoint(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT011: an API without the endpoint that is gone."""
    api = snapshot.facts.rest_apis.get(finding.resource)
    if api is None or isinstance(api.endpoint_configuration, UnsetType):
        return
    yield association_changed(
        api,
        api.endpoint_configuration,
        snapshot.facts.api_stages.get(api.id, ()),
        finding.subject,
        op="remove",
        text=f"{api.id}: no association with {finding.subject}, which is gone; then deploy it",
    )


def without_missing_endpoint_in_policy(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """POL007: the conditions without an endpoint that is gone; one that would name nothing then stays."""
    api = snapshot.facts.rest_apis.get(finding.resource)
    if api is None or not isinstance(api.policy, str):
        return
    document = document_of(api.policy, PolicyKind.RESOURCE)
    changed = copy.deepcopy(document)
    for statement in changed["Statement"]:
        for keys in dict(statement.get("Condition") or {}).values():
            for key, values in dict(keys).items():
                kept = [each for each in values if each != finding.subject] if isinstance(values, list) else []
                if kept and len(kept) < len(values):
                    keys[key] = kept[0] if len(kept) == 1 else kept
    if changed != document:
        told = f"no condition names {finding.subject}, which is gone"
        yield policy_change(snapshot.facts, api, Found(changed, told))


def allow_the_api(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """EPT015: one more Allow in an endpoint's policy, for the API that names the endpoint."""
    endpoint = snapshot.facts.vpc_endpoints.get(finding.resource)
    place = snapshot.place(finding.subject)
    if endpoint is None or not isinstance(endpoint.policy_document, str) or not place.account or not place.region:
        return
    arn = f"arn:aws:execute-api:{place.region}:{place.account}:{finding.subject}/*"
    document = document_of(endpoint.policy_document, PolicyKind.ENDPOINT)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": arn}
    text = json.dumps(document | {"Statement": [*document["Statement"], statement]}, separators=(",", ":"))
    own = endpoint.vpc_endpoint_id
    yield Change(
        kind="endpoint_policy",
        resource=own,
        text=f"policy of {own}: allow {arn}, whose API names the endpoint",
        commands=(f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {own} --policy-document {quote(text)}",),
        edits=(Edit("vpc_endpoints", own, msgspec.structs.replace(endpoint, policy_document=text)),),
        rule="VPE-02",
    )


def accept_the_peering(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """NET003: a request that waits, accepted; one that is gone has no repair."""
    peering = snapshot.facts.vpc_peering_connections.get(finding.resource)
    if peering is not None:
        yield from acceptance(snapshot.facts, peering)


def associate_the_default_table(snapshot: Snapshot, finding: Finding) -> Iterator[Change]:
    """NET010: the gateway's default table for an attachment that has none."""
    attachment = snapshot.facts.transit_gateway_vpc_attachments.get(finding.resource)
    gateway = (
        snapshot.facts.transit_gateways.get(attachment.transit_gateway_id) if attachment is not None else None
    )
    table = gateway.options.association_default_route_table_id if gateway is not None else None
    if attachment is not None and table in snapshot.facts.transit_gateway_route_tables:
        yield association(snapshot, attachment, str(table))
