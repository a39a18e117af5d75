"""What a plan's linker tells of its instances, for those that it asks itself."""

from typing import Any, Protocol

from narrowgate.sources.terraform.definitions import Definitions
from narrowgate.sources.terraform.instances import Instance


class Linked(Protocol):
    """The instances of a plan, with references between them."""

    instances_by_address: dict[str, Instance]
    definitions: Definitions

    def of_type(self, kind: str) -> list[Instance]:
        """The managed instances of a type."""

    def where(self, instance: Instance) -> tuple[str, str]:
        """The account and Region of an instance."""

    def attribute(self, instance: Instance, name: str) -> Any:
        """An attribute's value, or a reference to it."""

    def told(self, instance: Instance, name: str) -> Any:
        """An attribute as plan and text tell it, whatever is made of it here."""

    def symbolised(self, value: Any) -> Any:
        """A value with references in place of what stands for them."""
