"""Routes of an API out of an OpenAPI file."""

from narrowgate.model.design import Route
from narrowgate.sources.design.text import Value, parse_yaml

_METHODS = ("get", "head", "post", "put", "delete", "patch", "options")
_ANY = "x-amazon-apigateway-any-method"


def routes_of_openapi(content: bytes, file: str) -> tuple[Route, ...]:
    """The routes of an OpenAPI document in YAML or JSON.

    Raises:
        InputError: no OpenAPI document, or one without a path.
    """
    top = parse_yaml(content, file)
    keys = {key.text(): value for key, value in top.pairs()}
    if "paths" not in keys or not {"openapi", "swagger"} & set(keys):
        top.fail("no OpenAPI document", "it has `openapi` and `paths` at its top")
    routes = [route for path, item in keys["paths"].pairs() for route in _routes(path, item)]
    if not routes:
        keys["paths"].fail("no path has a method")
    return tuple(routes)


def _routes(path: Value, item: Value) -> list[Route]:
    text = path.text()
    if not text.startswith("/"):
        path.fail(f"`{text[:60]}` is no path", "it starts with `/`")
    found = []
    for key, _ in item.pairs():
        method = key.text().lower()
        if method in _METHODS or method == _ANY:
            found.append(Route(method="ANY" if method == _ANY else method.upper(), path=text))
    return found
