"""Orders to a running lab: faults on purpose and back, and what was seen; see `orders` for who gives them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec

from narrowgate.lab.kernel.spaces import LabError
from narrowgate.lab.plan.faults import Fault
from narrowgate.lab.state import State, write_state
from narrowgate.lab.world import World
from narrowgate.model.errors import NarrowgateError

SOCKET = "control"
_SHOWN = 50


class Control:
    """Takes orders at a socket in the lab's folder, one JSON object a line; keeps the state file true."""

    def __init__(self, world: World, state: State) -> None:
        """Nothing is broken yet."""
        self.world = world
        self.state = state
        self.path = Path(state.folder) / SOCKET
        self.faults: dict[str, Fault] = {}
        """By what they say to people: the same fault twice is one."""
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
        except NarrowgateError as error:
            answer = {"error": error.message, "help": error.help}
        except (ValueError, KeyError, msgspec.ValidationError) as error:
            answer = {"error": str(error)}
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    def _obey(self, order: dict[str, Any]) -> Any:
        match order["do"]:
            case "break":
                fault = msgspec.convert(order["what"], Fault)
                self._set({**self.faults, fault.text: fault})
                return f"broken: {fault.text}"
            case "mend":
                return self._mend(order.get("what"))
            case "flows":
                return [
                    f"{each.phase} {each.label} {each.source} -> {each.target}:{each.target_port}"
                    for each in self.world.events[-_SHOWN:]
                ]
            case other:
                raise LabError(f"`{other}` is no order")

    def _mend(self, texts: list[str] | None) -> str:
        """Some faults by their text, or all of them."""
        gone = [each for each in self.faults if texts is None or each in texts]
        self._set({text: each for text, each in self.faults.items() if text not in gone})
        return f"mended: {', '.join(gone)}" if gone else "nothing is broken"

    def _set(self, faults: dict[str, Fault]) -> None:
        self.world.set_faults(faults.values())
        self.faults = faults
        self.state = msgspec.structs.replace(self.state, broken=tuple(faults))
        write_state(self.state)
