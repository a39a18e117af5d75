"""Names that are nothing new, because a pattern gave the same answer before."""

from narrowgate.exposure.held import NAME, Contents, Words
from narrowgate.model.domain import is_in_domain, parents
from narrowgate.model.exposure import ExposedName


def uncovered(before: Contents, words: Words, consumers: tuple[str, ...]) -> tuple[str, ...]:
    """Of VPCs that get a name now and did not, those that had no pattern with the same answer in the same way."""
    name = words[1]
    bare = name.removeprefix("*.")
    candidates = (name, *(f"*.{domain}" for domain in parents(bare)[1:]))
    told = [each for each in candidates if before.names(each)]
    if not told:
        return consumers
    return tuple(vpc for vpc in consumers if not _is_covered(before, words, vpc, told))


def _is_covered(before: Contents, words: Words, consumer: str, told: list[str]) -> bool:
    """Whether the nearest of the names and patterns that a VPC had says so: no wider one counts then."""
    for each in told:
        if any(before.at(other, consumer) for other in before.names(each)):
            held = before.at((NAME, each, *words[2:]), consumer)
            break
    else:
        return False
    if held is None or not held.is_certain or not isinstance(held.entry, ExposedName):
        return False
    bare = words[1].removeprefix("*.")
    return not any(is_in_domain(bare, but.removeprefix("*.")) for but in held.entry.but_not)
