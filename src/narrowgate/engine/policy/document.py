"""From a policy document to a compiled `Policy`: the grammar of IAM's JSON, strictly (POL-01).

What AWS would refuse to save is refused here, with the line or JSON pointer, so that no typing error turns into
a statement that quietly never matches. What AWS stores although it never matches is judged by `validation/`.
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, Never

from narrowgate.engine.policy.conditions import Condition
from narrowgate.engine.policy.json_text import JsonText, Pointer, decode_text, parse_json
from narrowgate.engine.policy.operators import Family, misfit_value, parse_operator
from narrowgate.engine.policy.principals import PrincipalSet
from narrowgate.engine.policy.resources import ActionSet, ResourceSet
from narrowgate.engine.policy.statements import Policy, PolicyKind, Statement
from narrowgate.model.errors import InputError

MAX_LENGTH: Final = 262_144
"""Characters of a document; the largest policy that AWS takes has 20480."""

VERSION_2008: Final = "2008-10-17"
VERSION_2012: Final = "2012-10-17"

_POLICY_ELEMENTS: Final = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_TYPES: Final = ("AWS", "Federated", "Service", "CanonicalUser")
_ESCAPED: Final = re.compile(r'\s*\{\s*\\[nrt"\\]')

Document = bytes | str | Mapping[str, Any]


def compile_policy(document: Document, *, kind: PolicyKind = PolicyKind.RESOURCE, where: str = "policy") -> Policy:
    """Compile a policy document; text is compiled once and kept.

    Args:
        document: JSON as text or bytes (also with its quotes escaped once more, as `get_rest_apis` returns
            it), or the decoded object.
        kind: what the policy is attached to.
        where: file name or place, for messages.

    Raises:
        InputError: the document is no policy of this kind, with its place.
    """
    if isinstance(document, (bytes, str)):
        return _compile_text(document, kind, where)
    return compile_tree(JsonText(document, where), (), kind)


@lru_cache(maxsize=4096)
def _compile_text(document: bytes | str, kind: PolicyKind, where: str) -> Policy:
    return compile_tree(read_policy_text(document, where), (), kind)


def read_policy_text(document: bytes | str, where: str) -> JsonText:
    """Decode the JSON of a policy, whose quotes may be escaped once more.

    Raises:
        InputError: this is not JSON.
    """
    if len(document) > MAX_LENGTH:
        raise InputError(
            f"the policy has more than {MAX_LENGTH} characters",
            where=where,
            help="AWS takes at most 8192 in a resource policy and 20480 in an endpoint policy",
        )
    text = decode_text(document, where)
    if _ESCAPED.match(text):
        try:
            text = json.loads(f'"{text}"', strict=False)
        except ValueError:
            raise InputError("the policy is escaped JSON that does not decode", where=where) from None
    return parse_json(text, where, max_length=MAX_LENGTH)


def compile_tree(document: JsonText, pointer: Pointer, kind: PolicyKind) -> Policy:
    """Compile the policy that stands at a pointer of a decoded document.

    Raises:
        InputError: it is no policy of this kind.
    """
    tree: Any = document.tree
    for step in pointer:
        tree = tree[step]
    reader = _Reader(document, pointer, kind)
    version, identifier, statements = reader.head(tree)
    reader.variables = version == VERSION_2012
    compiled = tuple(reader.statement(element, index, place) for index, (element, place) in enumerate(statements))
    return Policy(kind=kind, version=version, id=identifier, statements=compiled, document=tree)


class _Reader:
    """Reads one policy; every refusal names its place."""

    def __init__(self, document: JsonText, base: Pointer, kind: PolicyKind) -> None:
        self._document = document
        self._base = base
        self._kind = kind
        self.variables = False

    def _fail(self, message: str, place: Pointer, help: str = "") -> Never:
        self._document.fail(message, self._base + place, help)

    def head(self, tree: Any) -> tuple[str | None, str | None, list[tuple[Any, Pointer]]]:
        if not isinstance(tree, Mapping):
            self._fail(f"a policy is a JSON object, this is {describe(tree)}", ())
        self._known(tree, _POLICY_ELEMENTS, "policy", ())
        version = tree.get("Version")
        if version is not None and version not in (VERSION_2008, VERSION_2012):
            self._fail(f"unknown policy version `{shorten(version)}`", ("Version",), f"use `{VERSION_2012}`")
        identifier = tree.get("Id")
        if identifier is not None and not isinstance(identifier, str):
            self._fail(f"`Id` is text, this is {describe(identifier)}", ("Id",))
        if "Statement" not in tree:
            self._fail("the policy has no `Statement`", (), "add a statement, or a list of statements")
        body = tree["Statement"]
        if isinstance(body, Mapping):
            return version, identifier, [(body, ("Statement",))]
        if not isinstance(body, list):
            self._fail(f"`Statement` is an object or a list of objects, this is {describe(body)}", ("Statement",))
        return version, identifier, [(item, ("Statement", index)) for index, item in enumerate(body)]

    def _known(self, tree: Mapping[str, Any], names: Iterable[str], kind: str, place: Pointer) -> None:
        for name in tree:
            if name not in names:
                near = difflib.get_close_matches(name.title(), names, n=1, cutoff=0.6)
                self._fail(
                    f"unknown {kind} element `{shorten(name)}`",
                    (*place, name),
                    f"did you mean `{near[0]}`?" if near else "",
                )

    def statement(self, tree: Any, index: int, place: Pointer) -> Statement:
        if not isinstance(tree, Mapping):
            self._fail(f"a statement is a JSON object, this is {describe(tree)}", place)
        self._known(tree, _STATEMENT_ELEMENTS, "statement", place)
        sid = tree.get("Sid")
        if sid is not None and not isinstance(sid, str):
            self._fail(f"`Sid` is text, this is {describe(sid)}", (*place, "Sid"))
        effect = tree.get("Effect")
        if effect not in ("Allow", "Deny"):
            given = "has no `Effect`" if effect is None else f"has the effect `{shorten(effect)}`"
            self._fail(
                f"the statement {given}",
                (*place, "Effect") if "Effect" in tree else place,
                "write `Allow` or `Deny`",
            )
        principals, negated = self._principals(tree, place)
        return Statement(
            index=index,
            sid=sid,
            is_deny=effect == "Deny",
            principals=principals,
            not_principal=negated,
            matchers=(self._actions(tree, place), self._resources(tree, place), self._conditions(tree, place)),
            layer=self._kind.layer,
        )

    def _one_of(self, tree: Mapping[str, Any], name: str, place: Pointer) -> str | None:
        """Which of an element and its Not form stands in a statement."""
        present = [key for key in (name, f"Not{name}") if key in tree]
        if len(present) == 2:
            self._fail(f"the statement has both `{name}` and `Not{name}`", place, "keep one of them")
        return present[0] if present else None

    def _principals(self, tree: Mapping[str, Any], place: Pointer) -> tuple[PrincipalSet | None, bool]:
        name = self._one_of(tree, "Principal", place)
        if not self._kind.has_principal:
            if name is not None:
                self._fail(
                    f"a policy of kind {self._kind.value} cannot have `{name}`",
                    (*place, name),
                    "it speaks about whom it is attached to",
                )
            return None, False
        if name is None:
            self._fail(
                "the statement has no `Principal`", place, 'write `"Principal": "*"` to speak about everybody'
            )
        value = tree[name]
        at = (*place, name)
        if value == "*":
            return PrincipalSet("*"), name == "NotPrincipal"
        if not isinstance(value, Mapping):
            self._fail(f'`{name}` is `"*"` or an object, this is {describe(value)}', at)
        self._known(value, _PRINCIPAL_TYPES, "principal", at)
        element = {key: self._texts(item, (*at, key)) for key, item in value.items()}
        return PrincipalSet(element), name == "NotPrincipal"

    def _actions(self, tree: Mapping[str, Any], place: Pointer) -> ActionSet:
        name = self._one_of(tree, "Action", place)
        if name is None:
            self._fail("the statement has no `Action`", place, "write `execute-api:Invoke`")
        values = self._texts(tree[name], (*place, name))
        for value in values:
            if value != "*" and not re.fullmatch(r"[^:\s]+:[^:\s]+", value):
                self._fail(
                    f"the action `{shorten(value)}` names no service",
                    (*place, name),
                    "write it as `execute-api:Invoke`",
                )
        return ActionSet(values, negated=name == "NotAction")

    def _resources(self, tree: Mapping[str, Any], place: Pointer) -> ResourceSet:
        name = self._one_of(tree, "Resource", place)
        if name is None:
            self._fail("the statement has no `Resource`", place, "write `execute-api:/*` or an ARN")
        return ResourceSet(
            self._texts(tree[name], (*place, name)),
            negated=name == "NotResource",
            short_form=self._kind.has_short_form,
            variables=self.variables,
        )

    def _conditions(self, tree: Mapping[str, Any], place: Pointer) -> tuple[Condition, ...]:
        block = tree.get("Condition")
        if "Condition" not in tree:
            return ()
        at = (*place, "Condition")
        if not isinstance(block, Mapping):
            self._fail(f"`Condition` is an object of operators, this is {describe(block)}", at)
        found: list[Condition] = []
        for operator, keys in block.items():
            if not isinstance(keys, Mapping):
                self._fail(f"an operator holds an object of keys, this is {describe(keys)}", (*at, operator))
            found.extend(
                self._condition(operator, key, value, (*at, operator, key)) for key, value in keys.items()
            )
        return tuple(found)

    def _condition(self, operator: str, key: str, value: Any, place: Pointer) -> Condition:
        wanted = self._texts(value, place, scalars=True)
        modelled = parse_operator(operator).operator
        if modelled is not None:
            wrong = misfit_value(modelled, wanted)
            if wrong is not None:
                article = "an" if modelled.family in (Family.IP, Family.ARN) else "a"
                self._fail(
                    f"`{operator}` cannot use the value `{shorten(wanted[wrong])}`",
                    (*place, wrong) if isinstance(value, list) else place,
                    f"it takes {article} {modelled.family.value}"
                    + (", and no policy variable stands there" if "${" in wanted[wrong] else ""),
                )
        return Condition(operator, key, wanted, variables=self.variables)

    def _texts(self, value: Any, place: Pointer, *, scalars: bool = False) -> tuple[str, ...]:
        """One text or a list of texts; condition values may also be JSON booleans and numbers."""
        items = value if isinstance(value, list) else [value]
        texts: list[str] = []
        for number, item in enumerate(items):
            at = (*place, number) if isinstance(value, list) else place
            if isinstance(item, str):
                texts.append(item)
            elif scalars and isinstance(item, (bool, int, float)):
                texts.append(json.dumps(item))
            else:
                self._fail(f"`{place[-1]}` is text or a list of texts, this is {describe(item)}", at)
        return tuple(texts)


def describe(value: object) -> str:
    """The kind of a JSON value, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, (list, tuple)) else "an object"


def shorten(value: object) -> str:
    """A value of the user for a message: one line, at most 80 characters."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."
