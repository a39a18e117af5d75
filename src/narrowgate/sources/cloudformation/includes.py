"""Pieces of a template that stand in local files, which `package` would put into a bucket: read where they are.

An API's definition is the usual one: by `AWS::Include`, SAM's `DefinitionUri`, or a path in `BodyS3Location`.
"""

from pathlib import Path
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import Tree, decode_template

_INCLUDE = "AWS::Include"
_DEFINITIONS = {
    "AWS::Serverless::Api": ("DefinitionUri", "DefinitionBody"),
    "AWS::Serverless::HttpApi": ("DefinitionUri", "DefinitionBody"),
    "AWS::ApiGateway::RestApi": ("BodyS3Location", "Body"),
}
"""Types whose definition may be a path: the property that holds it, and the one that holds the content."""


def with_includes(tree: Tree, folder: Path, file: str) -> Tree:
    """The template with the local files in it that it names; what stands elsewhere is left as it is.

    Args:
        tree: the template.
        folder: where paths begin.
        file: the template as messages name it.

    Raises:
        InputError: a file that it names cannot be read, or is no YAML and no JSON.
    """
    reader = _Reader(folder, str(Path(file).parent))
    found: Tree = reader.filled(tree)
    resources = found.get("Resources")
    for resource in resources.values() if isinstance(resources, Tree) else ():
        if isinstance(resource, Tree):
            reader.define(resource)
    return found


def local_file(folder: Path, location: str) -> Path | None:
    """The file that a relative path in a template means; None where it means none, or no file can be called so."""
    if "://" in location or location.startswith("/"):
        return None
    try:
        path = folder / location
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


class _Reader:
    def __init__(self, folder: Path, label: str) -> None:
        self.folder = folder
        self.label = label

    def filled(self, value: Any) -> Any:
        """A value with every include of a local file in its place."""
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, Tree):
            return value
        content = self._read(_location(value), value.line)
        if content is not None:
            return content
        tree = Tree(value.line)
        tree.lines = value.lines
        for key, each in value.items():
            tree[key] = self.filled(each)
        return tree

    def define(self, resource: Tree) -> None:
        """Put an API's definition in place of the path to it."""
        kind = resource.get("Type")
        names = _DEFINITIONS.get(kind) if isinstance(kind, str) else None
        properties = resource.get("Properties")
        if names is None or not isinstance(properties, Tree):
            return
        content = self._read(properties.get(names[0]), properties.line_of(names[0]))
        if content is not None:
            del properties[names[0]]
            properties[names[1]] = content

    def _read(self, location: Any, line: int) -> Any:
        """The content of a local file; None for what is none."""
        path = local_file(self.folder, location) if isinstance(location, str) else None
        if path is None:
            return None
        label = str(Path(self.label) / str(location))
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=label) from None
        return _at(decode_template(content, label), line)


def _location(value: Tree) -> Any:
    """Where a value that is an include, and nothing else, is to come from."""
    called = value.get("Fn::Transform")
    if len(value) != 1 or not isinstance(called, dict) or called.get("Name") != _INCLUDE:
        return None
    parameters = called.get("Parameters")
    return parameters.get("Location") if isinstance(parameters, dict) else None


def _at(value: Any, line: int) -> Any:
    """Content under the line of the template that includes it: its own lines belong to another file."""
    if isinstance(value, dict):
        tree = Tree(line)
        for key, each in value.items():
            tree[key] = _at(each, line)
        return tree
    return [_at(each, line) for each in value] if isinstance(value, list) else value
