"""Nodes into a `Design`: every field in its place, every reference to something that exists."""

import difflib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from narrowgate.model.design import (
    DEFAULT_ACCOUNT,
    Constraints,
    Design,
    Link,
    OnPremises,
    Usage,
)
from narrowgate.model.errors import InputError
from narrowgate.sources.design.fields import CONSTRAINTS, DESIGN, LINK, NAME, ON_PREMISES, USAGE
from narrowgate.sources.design.read_apis import read_api
from narrowgate.sources.design.read_consumers import read_consumer
from narrowgate.sources.design.read_expect import read_expectation
from narrowgate.sources.design.read_logs import read_logs
from narrowgate.sources.design.read_vpcs import read_blocks, read_vpc
from narrowgate.sources.design.regions import read_region
from narrowgate.sources.design.scope import Scope
from narrowgate.sources.design.text import Value, parse_yaml

_NAME = re.compile(NAME)
_MANY = 10**15


def load_design(path: Path) -> Design:
    """Read and check a design file.

    Raises:
        InputError: it cannot be read, is no design, or asks for what AWS refuses; with file, line and column.
    """
    from narrowgate.sources.design.check import check_design

    base = path.parent

    def read_beside(name: str) -> bytes:
        return _read_file(base / name)

    design = read_design(_read_file(path), file=str(path), read_beside=read_beside, name=_folder_name(path))
    check_design(design)
    return design


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, _siblings(path), n=1)
        raise InputError(
            "no such file", where=str(path), help=f"did you mean `{near[0]}`?" if near else ""
        ) from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read: {words}", where=str(path)) from None


def _siblings(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir()) if path.parent.is_dir() else []


def _folder_name(path: Path) -> str:
    """The default name: the folder's, for most designs are called `narrowgate.yaml`."""
    text = re.sub(r"[^a-z0-9]+", "-", path.resolve().parent.name.lower()).strip("-")
    return text[:31].strip("-") if _NAME.match(text[:31]) else "design"


def read_design(content: bytes, *, file: str, read_beside: Callable[[str], bytes], name: str = "design") -> Design:
    """Read a design's text; what it says is not yet checked against AWS's rules.

    Args:
        content: the file's bytes.
        file: what messages call it.
        read_beside: reads a file that the design names.
        name: the design's name where it gives none.

    Raises:
        InputError: no YAML, unknown fields, wrong values, references to nothing.
    """
    top = parse_yaml(content, file)
    fields = top.fields(DESIGN)
    for needed in (key for key, field in DESIGN.items() if field.required):
        if needed not in fields:
            top.fail(f"`{needed}` is missing", DESIGN[needed].doc)
    scope = _scope(fields, read_beside)
    vpcs = tuple(read_vpc(name, value, scope) for name, value in _named(fields.get("vpcs")))
    if not vpcs:
        fields["vpcs"].fail("no VPC is named", "a design has at least one")
    scope.vpcs = {each.name: each for each in vpcs}
    apis = tuple(read_api(name, value, scope) for name, value in _named(fields.get("apis")))
    scope.apis = {each.name: each for each in apis}
    networks = tuple(_network(name, value, scope) for name, value in _named(fields.get("on_premises")))
    scope.networks = {each.name: each for each in networks}
    consumers = tuple(read_consumer(name, value, scope) for name, value in _named(fields.get("consumers")))
    scope.consumers = {each.name: each for each in consumers}
    _refuse_shared_names(fields, scope)
    return Design(
        name=_text(fields, "name", name, _NAME),
        region=scope.region,
        vpcs=vpcs,
        apis=apis,
        consumers=consumers,
        on_premises=networks,
        links=tuple(_link(each, scope) for each in _items(fields, "links")),
        constraints=_constraints(fields.get("constraints")),
        via=fields["via"].text() if "via" in fields else "auto",
        expect=tuple(read_expectation(each, scope) for each in _items(fields, "expect")),
        usage=_usage(fields.get("usage")),
        logs=read_logs(fields.get("logs")),
        tags=tuple((key.text(), value.text()) for key, value in _pairs(fields.get("tags"))),
        accounts=tuple(scope.accounts.items()),
        where=fields.get("via", top).where,
    )


def _scope(fields: dict[str, Value], read_beside: Callable[[str], bytes]) -> Scope:
    scope = Scope(read_beside=read_beside)
    scope.region = read_region(fields["region"])
    for name, value in _named(fields.get("accounts")):
        scope.accounts[name] = scope.account_id(value)
    scope.account = scope.account_of(fields["account"]) if "account" in fields else DEFAULT_ACCOUNT
    return scope


def _named(value: Value | None) -> Iterable[tuple[str, Value]]:
    for key, each in _pairs(value):
        name = key.text()
        if not _NAME.match(name):
            key.fail(
                f"`{name[:60]}` is no name", "lower-case letters, digits and hyphens, a letter first, 31 at most"
            )
        yield name, each


def _pairs(value: Value | None) -> Iterable[tuple[Value, Value]]:
    return () if value is None else value.pairs()


def _items(fields: dict[str, Value], name: str) -> tuple[Value, ...]:
    return fields[name].items() if name in fields else ()


def _text(fields: dict[str, Value], name: str, default: str, pattern: re.Pattern[str]) -> str:
    if name not in fields:
        return default
    text = fields[name].text()
    if not pattern.match(text):
        fields[name].fail(f"`{text[:60]}` is no name", "lower-case letters, digits and hyphens, a letter first")
    return text


def _refuse_shared_names(fields: dict[str, Value], scope: Scope) -> None:
    """A client is named by its name alone, so a consumer and a VPC cannot share one."""
    for key, _ in _pairs(fields.get("consumers")):
        if key.text() in scope.vpcs:
            key.fail(f"`{key.text()}` is a VPC already", "give the consumer another name")


def _network(name: str, value: Value, scope: Scope) -> OnPremises:
    fields = value.fields(ON_PREMISES)
    for needed in ("cidr", "vpc"):
        if needed not in fields:
            value.fail(f"`{value.label}.{needed}` is missing", ON_PREMISES[needed].doc)
    return OnPremises(
        name=name,
        cidrs=read_blocks(fields["cidr"], 8, 32),
        vpc=scope.reference(fields["vpc"], "VPC", scope.vpcs),
        where=value.where,
    )


def _link(value: Value, scope: Scope) -> Link:
    fields = value.fields(LINK)
    kinds = [kind for kind in ("peering", "transit_gateway") if kind in fields]
    if len(kinds) != 1:
        value.fail("a link is a `peering` or a `transit_gateway`", "`- peering: [requester, api]`")
    kind = kinds[0]
    members = tuple(scope.reference(each, "VPC", scope.vpcs) for each in fields[kind].items())
    if len(set(members)) != len(members) or len(members) < 2 or (kind == "peering" and len(members) > 2):
        fields[kind].fail(f"a {kind.replace('_', ' ')} joins {'two' if kind == 'peering' else 'several'} VPCs")
    own_id = fields["id"].text() if "id" in fields else None
    prefix = "pcx-" if kind == "peering" else "tgw-"
    if own_id is not None and not own_id.startswith(prefix):
        fields["id"].fail(f"`{own_id[:40]}` is no id of a {kind.replace('_', ' ')}", f"it starts with `{prefix}`")
    resolution = fields["dns_resolution"].boolean() if "dns_resolution" in fields else False
    return Link(kind=kind, vpcs=members, id=own_id, dns_resolution=resolution, where=value.where)


def _constraints(value: Value | None) -> Constraints:
    if value is None:
        return Constraints()
    fields = value.fields(CONSTRAINTS)
    flags = {name: each.boolean() for name, each in fields.items() if name != "max_monthly_cost"}
    limit = fields["max_monthly_cost"].number(0, _MANY) if "max_monthly_cost" in fields else None
    return Constraints(**flags, max_monthly_cost=limit)


def _usage(value: Value | None) -> Usage:
    if value is None:
        return Usage()
    fields = value.fields(USAGE)
    default = Usage()

    def whole(name: str, low: int, high: int) -> int:
        return fields[name].integer(low, high) if name in fields else int(getattr(default, name))

    def real(name: str, high: float) -> float:
        return fields[name].number(0, high) if name in fields else float(getattr(default, name))

    return Usage(
        requests=whole("requests", 0, _MANY),
        gigabytes=real("gigabytes", _MANY),
        dns_queries=whole("dns_queries", 0, _MANY),
        hours=whole("hours", 1, 744),
        cross_az_percent=real("cross_az_percent", 100),
    )
