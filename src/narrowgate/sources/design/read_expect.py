"""Lines of `expect`: `CONSUMER must [not] resolve NAME | reach TARGET:PORT | call [METHOD] API/PATH`, `only …`."""

import difflib

from narrowgate.model.design import Expectation
from narrowgate.model.domain import parse_query_name
from narrowgate.model.errors import InputError
from narrowgate.sources.design.fields import METHODS
from narrowgate.sources.design.scope import Scope
from narrowgate.sources.design.text import Value

_FORM = (
    "`web must not resolve db.corp.internal`, `web must reach 10.0.1.20:5432`, `web must call GET orders/orders`"
)
_ONLY_FORM = (
    "`only web may call orders`, `only web, batch may reach 10.0.1.20:5432`, `only api may resolve db.corp`"
)
_VERBS = ("resolve", "reach", "call")


def read_expectation(value: Value, scope: Scope) -> Expectation:
    """One line.

    Raises:
        InputError: not of that form, or it names what the design does not have.
    """
    words = value.text().split()
    if words[:1] == ["only"]:
        return _exclusive(value, words[1:], scope)
    if len(words) < 4 or words[1] != "must":
        value.fail(f"`{value.text()[:80]}` is no expectation", f"as in {_FORM}")
    who, must = words[0], words[2] != "not"
    rest = words[2:] if must else words[3:]
    if who not in scope.consumers:
        near = difflib.get_close_matches(who, scope.consumers, n=1, cutoff=0.6)
        known = ", ".join(scope.consumers) or "none"
        value.fail(
            f"unknown consumer `{who[:60]}`", f"did you mean `{near[0]}`?" if near else f"the design has {known}"
        )
    verb = rest[0] if rest else ""
    if verb not in _VERBS:
        near = difflib.get_close_matches(verb, _VERBS, n=1, cutoff=0.5)
        value.fail(f"`{verb[:40]}` cannot be expected", f"did you mean `{near[0]}`?" if near else f"as in {_FORM}")
    target, method, path = _target(value, verb, rest[1:], scope)
    return Expectation(
        consumer=who, must=must, verb=verb, target=target, method=method, path=path, where=value.where
    )


def _exclusive(value: Value, words: list[str], scope: Scope) -> Expectation:
    """`only web, batch may call orders`: consumers, or VPCs with all their hosts."""
    if "may" not in words or words.index("may") == 0 or len(words) < words.index("may") + 3:
        value.fail(f"`{value.text()[:80]}` is no expectation", f"as in {_ONLY_FORM}")
    at = words.index("may")
    named = [each for each in " ".join(words[:at]).replace(",", " ").split() if each != "and"]
    known = (*scope.consumers, *scope.vpcs)
    for each in named:
        if each not in known:
            near = difflib.get_close_matches(each, known, n=1, cutoff=0.6)
            way_out = f"did you mean `{near[0]}`?" if near else f"the design has {', '.join(known) or 'none'}"
            value.fail(f"unknown consumer or VPC `{each[:60]}`", way_out)
    verb, rest = words[at + 1], words[at + 2 :]
    if verb not in _VERBS:
        value.fail(f"`{verb[:40]}` cannot be expected", f"as in {_ONLY_FORM}")
    if verb == "call" and len(rest) == 1 and "/" not in rest[0]:
        target, method, path = _call(value, rest, scope)[0], "*", "*"
    else:
        target, method, path = _target(value, verb, rest, scope)
    if "://" in target or (verb == "call" and not scope.apis[target].is_private):
        value.fail(f"`{' '.join(rest)[:60]}` is no private API of the design", f"as in {_ONLY_FORM}")
    return Expectation(
        consumer="",
        must=False,
        verb=verb,
        target=target,
        method=method,
        path=path,
        only=tuple(dict.fromkeys(named)),
        where=value.where,
    )


def _target(value: Value, verb: str, words: list[str], scope: Scope) -> tuple[str, str, str]:
    if verb == "call":
        return _call(value, words, scope)
    if len(words) != 1:
        value.fail(f"`{verb}` takes one target", f"as in {_FORM}")
    if verb == "resolve":
        try:
            return parse_query_name(words[0]), "GET", "/"
        except InputError as error:
            value.fail(error.message)
    host, _, port = words[0].rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        value.fail(f"`{words[0][:60]}` is no socket", "`10.0.1.20:5432`")
    return words[0], "GET", "/"


def _call(value: Value, words: list[str], scope: Scope) -> tuple[str, str, str]:
    method, target = ("GET", words[0]) if len(words) == 1 else (words[0], "".join(words[1:2]))
    if method not in METHODS or method == "ANY" or len(words) not in (1, 2):
        value.fail(f"`{' '.join(words)[:60]}` is no call", "`GET orders/orders/7`, `GET https://…`")
    if "://" in target:
        return target, method, "/"
    name, slash, path = target.partition("/")
    if name not in scope.apis:
        near = difflib.get_close_matches(name, scope.apis, n=1, cutoff=0.6)
        known = ", ".join(scope.apis) or "none"
        value.fail(
            f"unknown API `{name[:60]}`", f"did you mean `{near[0]}`?" if near else f"the design has {known}"
        )
    return name, method, slash + path if slash else "/"
