"""What is meant to be open: by a design's permissions, or by a baseline that somebody accepted."""

import msgspec

from narrowgate.model.exposure import ExposedApi, ExposedName, ExposedSocket


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What a design means: names, sockets as (address or target id, port), calls as (API id, method, path)."""

    names: frozenset[tuple[str, str]] = frozenset()
    """VPC and name."""
    sockets: frozenset[tuple[str, str, int]] = frozenset()
    """VPC, target and port."""
    calls: frozenset[tuple[str, str, str, str]] = frozenset()
    """VPC, API id, method (or `ANY`) and path."""

    def mark_name(self, entry: ExposedName) -> ExposedName:
        """The entry, marked where it is meant: only the very name is, never a pattern that covers more."""
        if not self.names:
            return entry
        meant = bool(entry.consumers) and all((vpc, entry.name) in self.names for vpc in entry.consumers)
        return msgspec.structs.replace(entry, intended=True) if meant else entry

    def mark_socket(self, entry: ExposedSocket) -> ExposedSocket:
        """The entry, marked where all its ports are meant."""
        if not self.sockets or not entry.ports.isdigit():
            return entry
        port = int(entry.ports)
        meant = bool(entry.consumers) and all((vpc, entry.target, port) in self.sockets for vpc in entry.consumers)
        return msgspec.structs.replace(entry, intended=True) if meant else entry

    def mark_api(self, entry: ExposedApi) -> ExposedApi:
        """The entry, marked where each of its methods is meant."""
        if not self.calls:
            return entry
        verbs = entry.method.split(", ")
        meant = bool(entry.consumers) and all(
            {(vpc, entry.api, verb, entry.path), (vpc, entry.api, "ANY", entry.path)} & self.calls
            for vpc in entry.consumers
            for verb in verbs
        )
        return msgspec.structs.replace(entry, intended=True) if meant else entry


NOTHING_MEANT = Intent()
