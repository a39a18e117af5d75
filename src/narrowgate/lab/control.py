"""Faults on purpose, while the lab runs: links, interfaces and subnets taken down and brought back."""

import asyncio
import json
from pathlib import Path
from typing import Any

from narrowgate.lab.kernel import netlink
from narrowgate.lab.kernel.fabric import device
from narrowgate.lab.kernel.spaces import LabError
from narrowgate.lab.world import World

SOCKET = "control"


class Control:
    """Takes orders at a socket in the lab's folder, one JSON object a line."""

    def __init__(self, world: World, folder: Path) -> None:
        """Nothing is broken yet."""
        self.world = world
        self.path = folder / SOCKET
        self.broken: dict[str, list[tuple[str, int]]] = {}
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_unix_server(self._serve, path=self.path)
        self.path.chmod(0o600)

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            order = json.loads(await reader.readline())
            answer: dict[str, Any] = {"done": self._obey(order)}
        except (LabError, ValueError, KeyError) as error:
            answer = {"error": getattr(error, "message", str(error))}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    def _obey(self, order: dict[str, Any]) -> Any:
        match order["do"]:
            case "break":
                return self._break(str(order["what"]))
            case "mend":
                return self._mend(order.get("what"))
            case "flows":
                return [
                    f"{each.phase} {each.label} {each.source} -> {each.target}:{each.target_port}"
                    for each in self.world.events[-50:]
                ]
            case other:
                raise LabError(f"`{other}` is no order")

    def _break(self, what: str) -> str:
        """A link (a peering or attachment), an interface, an address, or every interface of a subnet."""
        devices = self._devices(what)
        if not devices:
            raise LabError(f"the lab has nothing called `{what[:60]}`")
        for space, index in devices:
            with self.world.spaces.inside(space):
                netlink.send([netlink.down(index)])
        self.broken[what] = devices
        return f"{what}: {len(devices)} device{'s' if len(devices) > 1 else ''} down"

    def _mend(self, what: str | None) -> str:
        chosen = [what] if what is not None else list(self.broken)
        for each in chosen:
            for space, index in self.broken.pop(each, ()):
                with self.world.spaces.inside(space):
                    netlink.send([netlink.up(index)])
                    netlink.send(self._restored(space, index))
        return f"{', '.join(chosen) or 'nothing'} mended"

    def _devices(self, what: str) -> list[tuple[str, int]]:
        plan = self.world.plan
        routers = {each.label: each.name for each in plan.routers}
        found = [(link.sides[0], device(link.number)) for link in plan.links if what == link.label]
        found += [
            (routers[port.vpc], device(port.number))
            for port in plan.ports
            if what in (port.label, port.owner, port.subnet, *port.addresses)
        ]
        return found

    def _restored(self, space: str, index: int) -> list[netlink.Request]:
        """Routes go with the device that they lead to, and have to be made again."""
        return self.world.fabric.requests_of(space, index)
