"""The VPC that a person names: by id, Name tag, or its name in the design."""

from narrowgate.exposure.labels import name_tags
from narrowgate.model.errors import InputError, UnknownNameError
from narrowgate.model.snapshot import Snapshot


def find_vpc(snapshot: Snapshot, text: str) -> str:
    """The id of a VPC.

    Raises:
        UnknownNameError: no VPC is called that.
        InputError: several are.
    """
    if text in snapshot.facts.vpcs:
        return text
    tags = name_tags(snapshot)
    named = sorted(own for own in snapshot.facts.vpcs if tags.get(own) == text)
    if len(named) > 1:
        raise InputError(f"`{text}` names several VPCs: {', '.join(named)}", help="use an id")
    if named:
        return named[0]
    raise UnknownNameError(
        "VPC", text, [*(tags[own] for own in snapshot.facts.vpcs if own in tags), *snapshot.facts.vpcs]
    )


def find_api(snapshot: Snapshot, text: str) -> str:
    """The id of a REST API, by id or name.

    Raises:
        UnknownNameError: no API is called that.
        InputError: several are.
    """
    apis = snapshot.facts.rest_apis
    if text in apis:
        return text
    named = sorted(own for own, each in apis.items() if each.name == text)
    if len(named) > 1:
        raise InputError(f"`{text}` names several APIs: {', '.join(named)}", help="use an id")
    if named:
        return named[0]
    raise UnknownNameError("API", text, [*(each.name for each in apis.values() if each.name), *apis])
