"""Routes of an API out of an OpenAPI file."""

from collections.abc import Iterator

import msgspec

from narrowgate.model.design import Route
from narrowgate.model.errors import InputError
from narrowgate.sources.design.text import Value, parse_yaml

_METHODS = frozenset({"get", "head", "post", "put", "delete", "patch", "options"})
_ANY = "x-amazon-apigateway-any-method"
_MOST_JSON = 16 * 1024 * 1024
_MOST_YAML = 1024 * 1024


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of an OpenAPI document in JSON; the rest is passed over."""

    paths: dict[str, dict[str, msgspec.Raw]]
    openapi: str | None = None
    swagger: str | None = None


def routes_of_openapi(content: bytes, file: str) -> tuple[Route, ...]:
    """The routes of an OpenAPI document in YAML or JSON.

    Raises:
        InputError: no OpenAPI document, or one without a path.
    """
    is_json = content.lstrip().startswith(b"{")
    paths = _paths_of_json(content, file) if is_json else _paths_of_yaml(content, file)
    routes = tuple(route for path, methods in paths.items() for route in _routes(path, methods, file))
    if not routes:
        raise InputError("no path has a method", where=file, help="`paths: {/orders: {get: …}}`")
    return routes


def _paths_of_json(content: bytes, file: str) -> dict[str, list[str]]:
    if len(content) > _MOST_JSON:
        raise InputError(f"has {len(content):,} bytes", where=file, help=f"{_MOST_JSON:,} at most")
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"no OpenAPI document: {error}", where=file) from None
    if document.openapi is None and document.swagger is None:
        raise InputError("no OpenAPI document", where=file, help="it has `openapi` and `paths` at its top")
    return {path: list(item) for path, item in document.paths.items()}


def _paths_of_yaml(content: bytes, file: str) -> dict[str, list[str]]:
    top = parse_yaml(content, file, most=_MOST_YAML)
    keys = {key.text(): value for key, value in top.pairs()}
    if "paths" not in keys or not {"openapi", "swagger"} & set(keys):
        top.fail("no OpenAPI document", "it has `openapi` and `paths` at its top")
    return {path.text(): [_name(key) for key, _ in item.pairs()] for path, item in keys["paths"].pairs()}


def _name(key: Value) -> str:
    return key.text()


def _routes(path: str, methods: list[str], file: str) -> Iterator[Route]:
    if not path.startswith("/"):
        raise InputError(f"`{path[:60]}` is no path", where=file, help="it starts with `/`")
    for method in methods:
        if method.lower() in _METHODS:
            yield Route(method=method.upper(), path=path)
        elif method.lower() == _ANY:
            yield Route(method="ANY", path=path)
