"""Route 53 Profiles (PROF-01): moto has none, so they are kept here, for each account and Region."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from narrowgate.deploy.embedded.bridge.defect import Defect, replace
from narrowgate.deploy.embedded.bridge.front import Call, Reply, answers_first, reply_json

Record = dict[str, Any]
_TIME = 1_700_000_000
_TYPES = {
    "hostedzone/": "HOSTED_ZONE",
    "vpc-endpoint/": "VPC_ENDPOINT",
    "resolver-rule/": "RESOLVER_RULE",
    "firewall-rule-group/": "FIREWALL_RULE_GROUP",
}
"""What a Profile carries, by what its ARN says."""


class _Kept(msgspec.Struct):
    """What one account has in one Region, by id."""

    profiles: dict[str, Record] = msgspec.field(default_factory=dict)
    associations: dict[str, Record] = msgspec.field(default_factory=dict)
    resources: dict[str, Record] = msgspec.field(default_factory=dict)
    tags: dict[str, Record] = msgspec.field(default_factory=dict)


_KEPT: dict[tuple[str, str], _Kept] = {}


def _new(prefix: str, call: Call, **own: Any) -> Record:
    return {
        "Id": f"{prefix}-{mock_random.get_random_hex(17)}",
        "OwnerId": call.account,
        "Status": "COMPLETE",
        "StatusMessage": "",
        "CreationTime": _TIME,
        "ModificationTime": _TIME,
        **own,
    }


def _as_map(asked: Record) -> Record:
    return {each["Key"]: each["Value"] for each in asked.get("Tags") or ()}


def _create_profile(kept: _Kept, call: Call, asked: Record, _: Mapping[str, str]) -> Record:
    made = _new("rp", call, Name=asked["Name"], ShareStatus="NOT_SHARED", ClientToken=asked["ClientToken"])
    made["Arn"] = f"arn:aws:route53profiles:{call.region}:{call.account}:profile/{made['Id']}"
    kept.profiles[made["Id"]] = made
    kept.tags[made["Arn"]] = _as_map(asked)
    return {"Profile": made}


def _associate(kept: _Kept, call: Call, asked: Record, _: Mapping[str, str]) -> Record:
    names = ("Name", "ProfileId", "ResourceId")
    made = _new("rpassoc", call, **{name: asked[name] for name in names})
    kept.associations[made["Id"]] = made
    arn = f"arn:aws:route53profiles:{call.region}:{call.account}:profile-association/{made['Id']}"
    kept.tags[arn] = _as_map(asked)
    return {"ProfileAssociation": made}


def _carry(kept: _Kept, call: Call, asked: Record, _: Mapping[str, str]) -> Record:
    arn = asked["ResourceArn"]
    kind = next((kind for part, kind in _TYPES.items() if part in arn), "RESOLVER_RULE")
    own = {name: asked[name] for name in ("Name", "ProfileId", "ResourceArn")}
    made = _new("rpr", call, **own, ResourceType=kind)
    if asked.get("ResourceProperties"):
        made["ResourceProperties"] = asked["ResourceProperties"]
    kept.resources[made["Id"]] = made
    return {"ProfileResourceAssociation": made}


def _list_profiles(kept: _Kept, _: Call, __: Record, ___: Mapping[str, str]) -> Record:
    shown = ("Id", "Arn", "Name", "ShareStatus")
    return {"ProfileSummaries": [{name: each[name] for name in shown} for each in kept.profiles.values()]}


def _list_associations(kept: _Kept, call: Call, _: Record, __: Mapping[str, str]) -> Record:
    wanted = parse_qs(call.environ.get("QUERY_STRING", ""))
    filters = {"ProfileId": wanted.get("profileId"), "ResourceId": wanted.get("resourceId")}
    found = [
        each
        for each in kept.associations.values()
        if all(values is None or each[name] in values for name, values in filters.items())
    ]
    return {"ProfileAssociations": found}


def _list_carried(kept: _Kept, _: Call, __: Record, named: Mapping[str, str]) -> Record:
    carried = [each for each in kept.resources.values() if each["ProfileId"] == named["profile"]]
    return {"ProfileResourceAssociations": carried}


def _one(collection: str, key: str, *, remove: bool = False) -> Callable[..., Record | None]:
    def answer(kept: _Kept, _: Call, __: Record, named: Mapping[str, str]) -> Record | None:
        known: dict[str, Record] = getattr(kept, collection)
        own = next((own for own, each in known.items() if _is_meant(each, named)), None)
        if own is None:
            return None
        found = known.pop(own) if remove else known[own]
        return {key: {**found, "Status": "DELETED"} if remove else found}

    return answer


def _is_meant(record: Record, named: Mapping[str, str]) -> bool:
    fields = {"id": "Id", "profile": "ProfileId", "resource": "ResourceId", "arn": "ResourceArn"}
    return all(record.get(fields[name]) == value for name, value in named.items())


def _tags(kept: _Kept, _: Call, __: Record, named: Mapping[str, str]) -> Record:
    return {"Tags": kept.tags.get(named["arn"], {})}


_ROUTES: tuple[tuple[str, re.Pattern[str], Callable[..., Record | None]], ...] = (
    ("POST", re.compile(r"/profile"), _create_profile),
    ("GET", re.compile(r"/profile/(?P<id>[^/]+)"), _one("profiles", "Profile")),
    ("DELETE", re.compile(r"/profile/(?P<id>[^/]+)"), _one("profiles", "Profile", remove=True)),
    ("GET", re.compile(r"/profiles"), _list_profiles),
    ("POST", re.compile(r"/profileassociation"), _associate),
    ("GET", re.compile(r"/profileassociations"), _list_associations),
    ("GET", re.compile(r"/profileassociation/(?P<id>[^/]+)"), _one("associations", "ProfileAssociation")),
    (
        "DELETE",
        re.compile(r"/profileassociation/Profileid/(?P<profile>[^/]+)/resourceid/(?P<resource>[^/]+)"),
        _one("associations", "ProfileAssociation", remove=True),
    ),
    ("POST", re.compile(r"/profileresourceassociation"), _carry),
    ("GET", re.compile(r"/profileresourceassociations/profileid/(?P<profile>[^/]+)"), _list_carried),
    (
        "GET",
        re.compile(r"/profileresourceassociation/(?P<id>[^/]+)"),
        _one("resources", "ProfileResourceAssociation"),
    ),
    (
        "DELETE",
        re.compile(r"/profileresourceassociation/profileid/(?P<profile>[^/]+)/resourcearn/(?P<arn>.+)"),
        _one("resources", "ProfileResourceAssociation", remove=True),
    ),
    ("GET", re.compile(r"/tags/(?P<arn>arn:.+)"), _tags),
)


def _answer(call: Call) -> Reply | None:
    if call.service != "route53profiles":
        return None
    kept = _KEPT.setdefault((call.account, call.region), _Kept())
    for method, pattern, handle in _ROUTES:
        found = pattern.fullmatch(unquote(call.path))
        if found and method == call.method:
            told = handle(kept, call, json.loads(call.body() or b"{}"), found.groupdict())
            if told is None:
                missing = {
                    "Message": "the Profile or association does not exist",
                    "__type": "ResourceNotFoundException",
                }
                return reply_json(missing, "404 Not Found")
            return reply_json(told)
    return None


DEFECTS = (
    Defect(
        name="profiles",
        moto="has no Route 53 Profiles",
        aws="keeps them, the VPCs that they act in, and what they carry there",
        mend=lambda: replace(DomainDispatcherApplication, "__call__", answers_first(_answer)),
    ),
)
