"""A property that AWS would not take: the error names the resource and its line, not the answer it would be in."""

from typing import Any

import msgspec

from narrowgate.model.errors import InputError
from narrowgate.model.resource import Resource
from narrowgate.sources.declared.estate import Declared
from narrowgate.sources.snapshot.decode import convert
from narrowgate.sources.snapshot.operations import OPERATIONS


def wrong_shape(resource: Resource, error: Exception) -> InputError:
    """The error for properties whose shape no resource of that type has."""
    named = (resource.origin.address if resource.origin else "") or resource.logical_id
    return InputError(
        f"the properties of `{named}` ({resource.type}) are not of the shape that AWS takes",
        where=str(resource.origin or named),
        help=f"a list or mapping stands where text should, or text where one of them should ({error})"[:200],
    )


def blamed(declared: Declared, error: InputError) -> InputError:
    """The same error at the resource whose property is wrong; unchanged where none is found."""
    owners = {id(element): own for own, element in declared.ledger.by_id.items()}
    for (_, call), elements in declared.ledger.elements.items():
        operation = OPERATIONS.get(call)
        for element in elements if operation else ():
            found = _fault(element, operation.fact, call) if operation else None
            if found is not None:
                return _at(declared, owners.get(id(element)), found)
    for (call, parent), body in declared.ledger.answers():
        operation = OPERATIONS.get(call)
        if operation is not None and operation.key and operation.fact is not None:
            found = _fault(body.get(operation.key) or [], tuple[operation.fact, ...], call)  # type: ignore[name-defined]
            if found is not None:
                return _at(declared, parent, found)
    return error


def _fault(element: Any, kind: Any, call: str) -> InputError | None:
    try:
        convert(element, kind, where=call)
    except InputError as error:
        return error
    except (TypeError, msgspec.MsgspecError):
        return None
    return None


def _at(declared: Declared, own: str | None, error: InputError) -> InputError:
    origin = declared.origins.get(own or "")
    field = error.where.partition(": ")[2].lstrip(".")
    named = (origin.address if origin else own) or "a resource"
    return InputError(f"`{named}`: {field}: {error.message}", where=str(origin or error.where), help=error.help)
