"""`Fn::ForEach`: the loops of `AWS::LanguageExtensions`, written out before anything else is read."""

from collections.abc import Callable
from typing import Any

from narrowgate.model.resource import Unknown
from narrowgate.sources.cloudformation.decode import Tree

_LOOP = "Fn::ForEach::"
_MOST_TURNS = 1000

Evaluate = Callable[[Any], Any]
Gap = Callable[[str, Any, Unknown], None]


def write_out(value: Any, evaluate: Evaluate, gap: Gap) -> Any:
    """A value with every loop in it written out.

    Args:
        value: a part of a template.
        evaluate: follows the functions in a loop's collection.
        gap: told of a loop whose collection nobody knows: its key, its body, and why; its part is left out.
    """
    if isinstance(value, list):
        return [write_out(each, evaluate, gap) for each in value]
    if not isinstance(value, dict):
        return value
    if not any(key.startswith(_LOOP) for key in value):
        found = Tree(value.line if isinstance(value, Tree) else 0)
        if isinstance(value, Tree):
            found.lines = value.lines
        for key, each in value.items():
            found[key] = write_out(each, evaluate, gap)
        return found
    found = Tree(value.line if isinstance(value, Tree) else 0)
    for key, each in value.items():
        line = value.line_of(key) if isinstance(value, Tree) else 0
        pairs = _turns(key, each, evaluate, gap) if key.startswith(_LOOP) else {key: each}
        for name, inner in pairs.items():
            found[name] = write_out(inner, evaluate, gap)
            found.lines[name] = line
    return found


def _turns(key: str, loop: Any, evaluate: Evaluate, gap: Gap) -> dict[str, Any]:
    if not isinstance(loop, list) or len(loop) != 3 or not isinstance(loop[2], dict):
        gap(key, loop, Unknown(f"`{key}` takes a name, a collection and a body"))
        return {}
    name, collection, body = loop[0], evaluate(loop[1]), loop[2]
    if not isinstance(collection, list) or len(collection) > _MOST_TURNS:
        why = collection if isinstance(collection, Unknown) else Unknown("the collection is no list that is known")
        gap(key, body, why)
        return {}
    found: dict[str, Any] = {}
    for each in collection:
        if not isinstance(each, (str, int)):
            gap(key, body, Unknown("an element of the collection is known only after creation"))
            continue
        found.update(_replaced(body, str(name), str(each)))
    return found


def _replaced(value: Any, name: str, text: str) -> Any:
    """A body with its loop's variable replaced."""
    if isinstance(value, str):
        plain = "".join(letter for letter in text if letter.isalnum())
        return value.replace("${" + name + "}", text).replace("&{" + name + "}", plain)
    if isinstance(value, list):
        return [_replaced(each, name, text) for each in value]
    if isinstance(value, dict):
        if len(value) == 1 and value.get("Ref") == name:
            return text
        found = Tree(value.line if isinstance(value, Tree) else 0)
        for key, each in value.items():
            found[_replaced(key, name, text)] = _replaced(each, name, text)
        return found
    return value
