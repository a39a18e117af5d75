"""Words for comparing lists: what an answer holds, and whether another still speaks of it."""

from collections.abc import Iterator

from tests.unit.exposure.lists import covers

from narrowgate.exposure.held import parse_ports
from narrowgate.model.exposure import ExposedName, ExposureAnswer

KINDS = ("names", "public_names", "sockets", "apis")


def entries(answer: ExposureAnswer) -> Iterator[tuple[str, object]]:
    """Everything that is open for certain, by list."""
    for kind in KINDS:
        yield from ((kind, each) for each in getattr(answer, kind) if each.state == "open")


def facts_of(answer: ExposureAnswer, kind: str) -> list[str]:
    """The facts that the unknown entries of a list miss."""
    return [fact.fact for each in getattr(answer, kind) if each.state == "unknown" for fact in each.unknowns]


def covered(answer: ExposureAnswer, kind: str, entry) -> bool:
    """Whether an answer holds an entry still, or has an unknown one that may be it."""
    found = getattr(answer, kind)
    match kind:
        case "sockets":
            ports = parse_ports(entry.ports)
            same = [
                each
                for each in found
                if (each.target == entry.target or set(each.addresses) & set(entry.addresses))
                and each.protocol == entry.protocol
            ]
            if all(
                any(not ports - parse_ports(each.ports) for each in same if _wide(each, column, entry))
                for column in ("interfaces", "startable")
            ):
                return True
            return any(each.state == "unknown" for each in found)
        case "apis":
            if any(
                (each.api, each.stage, each.path, each.who) == (entry.api, entry.stage, entry.path, entry.who)
                and set(entry.method.split(", ")) <= set(each.method.split(", "))
                for each in found
            ):
                return True
            return any(each.state == "unknown" for each in found)
        case _:
            return any(_is_name(each, entry) for each in found) or any(
                each.state == "unknown" and each.name in ("*", "ip-*") for each in found
            )


def _wide(one, column: str, other) -> bool:
    return one.state == "unknown" or set(getattr(other, column)) <= set(getattr(one, column))


def _is_name(one: ExposedName, other: ExposedName) -> bool:
    if one.name == other.name and one.via == other.via:
        return one.embeds == other.embeds or one.state == "unknown"
    return one.state == "unknown" and bool(covers(one, other.name.replace("*", "x")))
