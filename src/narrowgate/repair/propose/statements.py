"""Statements of a policy, put right for the calls that fail by it: values of a condition, or one more Allow."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from narrowgate.engine.policy.glob import compile_glob
from narrowgate.repair.propose.callers import ADDRESS, PUBLIC, VPC, Caller, short_form


class Known(NamedTuple):
    """The execute-api endpoints of the estate and the VPCs that these stand in."""

    endpoints: frozenset[str]
    vpcs: frozenset[str]


class Found(NamedTuple):
    """A document, what differs in it as a sentence, and how much more than needed it opens."""

    document: dict[str, Any]
    text: str
    width: int = 0


class _Correction(NamedTuple):
    """A condition's new value: where it stands, under which key, what is said of it."""

    statement: int
    operator: str
    key: str
    new_key: str
    value: Any
    text: str
    width: int


def corrected(callers: Sequence[Caller], document: dict[str, Any], known: Known) -> Iterator[Found]:
    """The document with the callers' own endpoints, VPCs or addresses in its conditions: in one, or in all.

    A condition on `aws:SourceIp` becomes one on `aws:VpcSourceIp` (KEY-04), a wildcard in a literal comparison a
    comparison with wildcards (POL-08).
    """
    meant = _meant(callers, document)
    corrections = [
        each
        for index, statement in enumerate(document["Statement"])
        for operator, key in _conditions(statement)
        for each in _correction(meant.get(index, ()), statement, (index, operator, key), known)
    ]
    for each in corrections:
        yield _applied(document, [each])
    if len(corrections) > 1:
        yield _applied(document, corrections)
    yield from _with_wildcards(document)


def _applied(document: dict[str, Any], corrections: Sequence[_Correction]) -> Found:
    changed = copy.deepcopy(document)
    for each in corrections:
        condition = changed["Statement"][each.statement]["Condition"][each.operator]
        del condition[each.key]
        if each.new_key not in condition:
            condition[each.new_key] = each.value
    return Found(changed, "; ".join(each.text for each in corrections), sum(each.width for each in corrections))


def _conditions(statement: dict[str, Any]) -> list[tuple[str, str]]:
    found = dict(statement.get("Condition") or {})
    return [(operator, key) for operator, keys in found.items() for key in dict(keys)]


def _correction(
    callers: Sequence[Caller], statement: dict[str, Any], at: tuple[int, str, str], known: Known
) -> Iterator[_Correction]:
    index, operator, key = at
    if not _lists_who_passes(statement, operator):
        return
    present = _as_list(statement["Condition"][operator][key])
    name = key.lower()
    every = dict.fromkeys(value for each in callers for value in each.values(name))
    wanted = [each for each in every if each not in present or name == PUBLIC]
    if not wanted:
        return
    named, shown = statement.get("Sid") or f"statement {index}", ", ".join(wanted)
    if name == PUBLIC:
        text = f"{named} asks aws:VpcSourceIp for {shown}, in place of aws:SourceIp"
        yield _Correction(index, operator, key, "aws:VpcSourceIp", _one_or_all(wanted), text, 0)
        return
    is_literal = operator.startswith("StringEquals")
    kept = [each for each in present if not _is_mistaken(callers, name, each, known, is_literal=is_literal)]
    gone = ", ".join(str(each) for each in present if each not in kept)
    text = f"{named} names {shown} in {key}" + (f", in place of {gone}" if gone else "")
    # What others come by stays theirs: an Allow beside it can name the one method only.
    is_shared = statement.get("Effect") == "Allow" and any(
        each in known.endpoints or each in known.vpcs for each in kept
    )
    yield _Correction(index, operator, key, key, _one_or_all([*kept, *wanted]), text, 1 if is_shared else 0)


def _lists_who_passes(statement: dict[str, Any], operator: str) -> bool:
    """Whether a further value lets a caller pass: in an Allow of what is equal, or a Deny of what is not."""
    compared = operator.rpartition(":")[2]
    is_list = compared.startswith(("String", "Arn", "IpAddress", "NotIpAddress"))
    return is_list and ("Not" in compared) == (statement.get("Effect") == "Deny")


def _with_wildcards(document: dict[str, Any]) -> Iterator[Found]:
    for index, statement in enumerate(document["Statement"]):
        for operator, key in _conditions(statement):
            present = _as_list(statement["Condition"][operator][key])
            if operator.startswith("StringEquals") and any("*" in str(each) for each in present):
                changed = copy.deepcopy(document)
                condition = changed["Statement"][index]["Condition"]
                condition.setdefault("StringLike", {})[key] = condition[operator].pop(key)
                if not condition[operator]:
                    del condition[operator]
                named = statement.get("Sid") or f"statement {index}"
                yield Found(changed, f"{named} compares {key} with StringLike, which knows wildcards", 2)


def _is_mistaken(callers: Sequence[Caller], key: str, value: Any, known: Known, *, is_literal: bool) -> bool:
    """True for what serves nobody: the caller's VPC where the endpoint's counts (KEY-01), a wildcard (POL-08).

    An endpoint that is not there may belong to another account: it stays.
    """
    if is_literal and "*" in str(value):
        return True
    return key == VPC and value not in known.vpcs and any(value in each.vpcs for each in callers)


def _meant(callers: Sequence[Caller], document: dict[str, Any]) -> dict[int, list[Caller]]:
    """The callers that each statement is about: a Deny concerns whoever calls what it names.

    Of several Allows for what one calls, that one is meant of which most conditions hold for the caller already,
    then the one that allows the least beside; a statement is one caller's before it is another's too.
    """
    found: dict[int, list[Caller]] = {}
    for caller in callers:
        allows = []
        for index, statement in enumerate(document["Statement"]):
            if not all(_names(statement, each) for each in caller.methods):
                continue
            if statement.get("Effect") == "Deny":
                found.setdefault(index, []).append(caller)
            else:
                known = sum(_holds_for(caller, statement, *each) for each in _conditions(statement))
                allows.append((-known, len(_as_list(statement.get("Resource"))), len(found.get(index, ())), index))
        if allows:
            found.setdefault(min(allows)[-1], []).append(caller)
    return found


def _holds_for(caller: Caller, statement: dict[str, Any], operator: str, key: str) -> bool:
    return any(each in _as_list(statement["Condition"][operator][key]) for each in caller.values(key.lower()))


def _names(statement: dict[str, Any], arn: str) -> bool:
    """Whether a statement's Resource holds a method; NotResource is taken to."""
    return "Resource" not in statement or any(
        compile_glob(each).matches(arn) or compile_glob(each).matches(short_form(arn))
        for each in _as_list(statement["Resource"])
        if isinstance(each, str)
    )


def admitting(callers: Sequence[Caller], document: dict[str, Any], *, by_endpoint: bool) -> Iterator[Found]:
    """The document with one more Allow for each way in: the methods that are called, and nobody else's.

    Where another statement fences by address, the new ones do too. A statement whose Resource is no API's name,
    which AWS takes and which matches nothing (POL-16), makes room for them.
    """
    if not callers:
        return
    kept = [each for each in document["Statement"] if not (by_endpoint and _matches_nothing(each))]
    is_fenced = by_endpoint and any(_fences_by_address(each) for each in kept)
    ways: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for caller in callers:
        way = (caller.endpoint if by_endpoint else "", caller.blocks if is_fenced else ())
        named = caller.methods if by_endpoint else (*caller.methods, *caller.domains)
        ways.setdefault(way, {}).update(dict.fromkeys(named))
    added, told = [], []
    for (endpoint, blocks), methods in ways.items():
        resources = [short_form(each) for each in methods] if by_endpoint else list(methods)
        statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
        added.append(statement | {"Resource": _one_or_all(resources)} | _condition(endpoint, blocks))
        source = f" from {', '.join(blocks)}" if blocks else ""
        told.append(f"{', '.join(resources)}" + (f" through {endpoint}" if endpoint else "") + source)
    is_replaced = len(kept) < len(document["Statement"])
    text = f"allow {' and '.join(told)}" + (
        ", in place of the statement that matches nothing" if is_replaced else ""
    )
    yield Found(dict(document) | {"Statement": [*kept, *added]}, text)


def _condition(endpoint: str, blocks: tuple[str, ...]) -> dict[str, Any]:
    asked: dict[str, Any] = {"StringEquals": {"aws:SourceVpce": endpoint}} if endpoint else {}
    if blocks:
        asked["IpAddress"] = {"aws:VpcSourceIp": _one_or_all(list(blocks))}
    return {"Condition": asked} if asked else {}


def _matches_nothing(statement: dict[str, Any]) -> bool:
    return statement.get("Effect") == "Allow" and all(
        isinstance(each, str) and not each.startswith(("execute-api:/", "arn:", "*"))
        for each in _as_list(statement.get("Resource"))
    )


def _fences_by_address(statement: dict[str, Any]) -> bool:
    return statement.get("Effect") == "Allow" and any(
        key.lower() in (ADDRESS, PUBLIC) for _, key in _conditions(statement)
    )


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
