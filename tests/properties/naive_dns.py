"""A second, naive reading of the rules: rules, zones, CNAME and forwards between VPCs, by plain recursion.

It knows nothing of the engine's indexes: every zone and rule is looked at for every question, names are compared
label by label, and a question that comes back is noticed by a plain list.
"""

from dataclasses import dataclass, field

FORWARD, SYSTEM = "FORWARD", "SYSTEM"

Answer = tuple[str, frozenset[str]]
"""`NOERROR` with addresses, or another code with none; `REFUSED` for what AWS does not accept."""


@dataclass
class Zone:
    """A private zone: records by name, each a list of (type, value)."""

    domain: str
    records: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass
class Rule:
    """A rule; `to` is the VPC whose inbound endpoint is its target."""

    domain: str
    kind: str
    to: int | None = None


@dataclass
class View:
    """One VPC's zones and rules."""

    zones: list[Zone] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


def labels(name: str) -> list[str]:
    return name.split(".") if name else []


def decides(rule: Rule | None, zone: Zone | None) -> bool:
    """Whether the rule stands before the zone: more labels, or the same name (RSLV-03, RSLV-04)."""
    if rule is None:
        return False
    return zone is None or len(labels(rule.domain)) >= len(labels(zone.domain))


def covers(domain: str, name: str) -> bool:
    tail = labels(domain)
    return not tail or labels(name)[-len(tail) :] == tail


def in_zone(zone: Zone, name: str, kind: str) -> Answer | str:
    """The zone's answer, or the name that a CNAME leads to (RFC 4592 for wildcards)."""
    exists = {zone.domain}
    for owner in zone.records:
        parts = labels(owner)
        exists |= {
            ".".join(parts[start:]) for start in range(len(parts)) if covers(zone.domain, ".".join(parts[start:]))
        }
    owner = name
    if name not in exists:
        parts = labels(name)
        closest = next(
            ".".join(parts[start:]) for start in range(len(parts) + 1) if ".".join(parts[start:]) in exists
        )
        owner = f"*.{closest}"
        if owner not in zone.records:
            return ("NXDOMAIN", frozenset())
    held = zone.records.get(owner, [])
    values = frozenset(value for record_type, value in held if record_type == kind)
    if values:
        return ("NOERROR", values)
    cname = next((value for record_type, value in held if record_type == "CNAME"), None)
    return cname if cname is not None else ("NODATA", frozenset())


def ask(views: list[View], vpc: int, name: str, kind: str, came: tuple[tuple[int, str], ...] = ()) -> Answer:
    """Section 0 of the rules, word for word."""
    if (vpc, name) in came:
        return ("SERVFAIL", frozenset())
    here = (*came, (vpc, name))
    view = views[vpc]
    rules = [rule for rule in view.rules if covers(rule.domain, name)]
    zones = [zone for zone in view.zones if covers(zone.domain, name)]
    best_rule = max(rules, key=lambda rule: len(labels(rule.domain)), default=None)
    best_zone = max(zones, key=lambda zone: len(labels(zone.domain)), default=None)
    to = best_rule.to if best_rule is not None and decides(best_rule, best_zone) else None
    if to is not None:
        return ("REFUSED", frozenset()) if to == vpc else forwarded(views, vpc, to, name, kind, here)
    if best_zone is None:
        return ("NXDOMAIN", frozenset())
    found = in_zone(best_zone, name, kind)
    return found if isinstance(found, tuple) else ask(views, vpc, found, kind, here)


def forwarded(
    views: list[View], vpc: int, to: int, name: str, kind: str, here: tuple[tuple[int, str], ...]
) -> Answer:
    """The target's answer; a CNAME in it is looked up again in the view that forwarded (RSLV-11)."""
    answer = ask(views, to, name, kind, here)
    if answer[0] in ("SERVFAIL", "REFUSED"):
        return answer
    target = first_redirect(views, to, name, kind, here)
    return answer if target is None else ask(views, vpc, target, kind, here)


def first_redirect(
    views: list[View], vpc: int, name: str, kind: str, here: tuple[tuple[int, str], ...]
) -> str | None:
    """The target of the first CNAME that the answer to a question carries."""
    view = views[vpc]
    rules = [rule for rule in view.rules if covers(rule.domain, name)]
    zones = [zone for zone in view.zones if covers(zone.domain, name)]
    best_rule = max(rules, key=lambda rule: len(labels(rule.domain)), default=None)
    best_zone = max(zones, key=lambda zone: len(labels(zone.domain)), default=None)
    to = best_rule.to if best_rule is not None and decides(best_rule, best_zone) else None
    if to is not None:
        return first_redirect(views, to, name, kind, (*here, (vpc, name)))
    if best_zone is None:
        return None
    found = in_zone(best_zone, name, kind)
    return found if isinstance(found, str) else None
