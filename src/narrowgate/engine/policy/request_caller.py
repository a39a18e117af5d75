"""Who calls, and by which domain name, in the JSON of an authorize request."""

import re
from typing import Any, Final

from msgspec import UNSET

from narrowgate.engine.policy.callers import Principal, parse_principal_arn
from narrowgate.engine.policy.document import describe, shorten
from narrowgate.engine.policy.json_text import Pointer
from narrowgate.engine.policy.request import (
    Domain,
)
from narrowgate.engine.policy.request_values import RequestText

_DOMAIN_FIELDS: Final = ("arn", "host", "base_path", "access_association")
ACCOUNT: Final = re.compile(r"\d{12}")


def principal(read: RequestText) -> Any:
    """The caller; None for an anonymous one, UNSET where nobody knows."""
    if "principal" not in read.tree:
        return None if read.tree.get("authorization_header") in ("none", "other") else UNSET
    if read.tree["principal"] is None:
        return None
    tree = read.json_object(read.tree["principal"], ("principal",))
    at: Pointer = ("principal",)
    if "arn" not in tree:
        read.fail("`principal` has no `arn`", at)
    arn = read.text(tree["arn"], ("principal", "arn"))
    parsed = parse_principal_arn(arn)
    if parsed is None:
        read.fail(f"`{shorten(arn)}` is not the ARN of a principal", ("principal", "arn"))
    account = read.text(tree.get("account", parsed.account), ("principal", "account"))
    if not ACCOUNT.fullmatch(account):
        read.fail(f"`{shorten(account)}` is not an account id of 12 digits", ("principal", "account"))
    if parsed.account and parsed.account != account:
        read.fail(
            f"the principal's account is `{account}`, its ARN names `{shorten(parsed.account)}`",
            ("principal", "account"),
        )
    return Principal(
        arn=arn,
        account=account,
        org_id=read.optional_text(tree, "org_id", at),
        org_paths=_org_paths(read, tree),
        tags=_tags(read, tree),
        userid=read.optional_text(tree, "userid", at),
        username=read.optional_text(tree, "username", at),
        role_arn=read.optional_text(tree, "role_arn", at) or UNSET,
    )


def _org_paths(read: RequestText, tree: dict[str, Any]) -> Any:
    if "org_paths" not in tree:
        return UNSET
    if tree["org_paths"] is None:
        return None
    return read.texts(tree["org_paths"], ("principal", "org_paths"))


def _tags(read: RequestText, tree: dict[str, Any]) -> Any:
    if tree.get("tags") is None:
        return {} if "tags" in tree else UNSET
    place: Pointer = ("principal", "tags")
    tags = read.json_object(tree["tags"], place)
    return {name: read.text(value, (*place, name)) for name, value in tags.items()}


def domain(read: RequestText) -> Domain | None:
    """The private custom domain name that the call came by, if any."""
    if read.tree.get("domain") is None:
        return None
    at: Pointer = ("domain",)
    tree = read.json_object(read.tree["domain"], at)
    read.known(tree, _DOMAIN_FIELDS, at)
    if "arn" not in tree:
        read.fail("`domain` has no `arn`", at)
    arn = read.text(tree["arn"], ("domain", "arn"))
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[5].startswith("/domainnames/"):
        read.fail(
            f"`{shorten(arn)}` is not the ARN of a domain name",
            ("domain", "arn"),
            "it looks like `arn:aws:execute-api:us-east-1:111122223333:/domainnames/api.example.com+a1b2c3`",
        )
    parts[2] = "execute-api"  # policies name the domain in this namespace, whatever API returned it (POL-31)
    return Domain(
        arn=":".join(parts),
        host=read.text(tree.get("host") or "", ("domain", "host")),
        base_path=read.text(tree.get("base_path") or "", ("domain", "base_path")),
        access_association=_association(read, tree),
    )


def _association(read: RequestText, tree: dict[str, Any]) -> Any:
    value = tree.get("access_association", "unknown")
    if value == "unknown":
        return UNSET
    if not isinstance(value, bool):
        read.fail(
            f'`access_association` is true, false or "unknown", this is {describe(value)}',
            ("domain", "access_association"),
        )
    return value
