"""A list of declared resources as those see it that tell ids, names and addresses for it."""

from typing import Any, Protocol

from narrowgate.model.resource import Resource


class Listed(Protocol):
    """Declared resources, their ids, and their properties with references followed."""

    resources: dict[str, Resource]
    ids: dict[str, str]

    def own_id(self, resource: Resource) -> str:
        """The id of a resource of the list."""

    def named(self, own_id: object) -> Resource | None:
        """The resource of the list with that id, or None: it is outside."""

    def property(self, resource: Resource, name: str) -> Any:
        """One property, followed without following the others."""
