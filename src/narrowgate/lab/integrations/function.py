"""A person's function in processes of its own: one event at a time each, kept warm, ended when too slow."""

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from narrowgate.lab.kernel.spaces import LabError

_MOST_AT_ONCE = 10
_LONGEST_RESULT = 8 << 20
"""A result may have 6 MB, and is longer here as JSON in a line."""


class FunctionError(LabError):
    """The function raised, ended, or returned what is no JSON."""


class Function:
    """A handler of a file. It runs where the lab's process is: in a network of its own that leads nowhere."""

    def __init__(self, target: str, region: str, account: str, log: Path) -> None:
        """Nothing runs until the first event; `log` takes what the function prints."""
        file, _, self.handler = target.rpartition(":")
        self.file = Path(file)
        self.arn = f"arn:aws:lambda:{region}:{account}:function:{self.file.stem}"
        self.region = region
        self.log = log
        self._changed = 0
        """When the file was changed that the idle processes have loaded."""
        self._idle: list[asyncio.subprocess.Process] = []
        self._all: set[asyncio.subprocess.Process] = set()
        self._places = asyncio.Semaphore(_MOST_AT_ONCE)

    async def invoke(self, event: dict[str, Any], request_id: str, seconds: float) -> Any:
        """What the function returns for an event.

        Raises:
            TimeoutError: it took longer than that; its process is ended.
            FunctionError: it raised, or ended without an answer.
        """
        async with self._places, asyncio.timeout(seconds):
            await self._forget_old_code()
            loaded = self._changed
            process = self._idle.pop() if self._idle else await self._start()
            try:
                answer = await self._exchange(process, event, request_id, time.time() + seconds)
            except BaseException:
                await self._end(process)
                raise
        if loaded == self._changed:
            self._idle.append(process)
        else:
            await self._end(process)
        if "error" in answer:
            raise FunctionError(f"{answer['error']['errorType']}: {answer['error']['errorMessage']}")
        return answer["result"]

    async def _forget_old_code(self) -> None:
        """End what waits with an older file: whoever edits a function sees the new one at the next call."""
        try:
            changed = self.file.stat().st_mtime_ns
        except OSError as error:
            raise FunctionError(f"{self.file} cannot be read: {error.strerror}") from None
        if changed != self._changed:
            self._changed, old = changed, self._idle
            self._idle = []
            await asyncio.gather(*(self._end(each) for each in old))

    async def _exchange(
        self, process: asyncio.subprocess.Process, event: dict[str, Any], request_id: str, deadline: float
    ) -> dict[str, Any]:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        asked = {
            "event": event,
            "request_id": request_id,
            "deadline": deadline,
            "function_name": self.file.stem,
            "function_arn": self.arn,
        }
        try:
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        except (OSError, ValueError) as error:
            raise FunctionError(f"the function's process gave no answer: {error}") from None
        if not line:
            raise FunctionError("the function's process ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                # Nothing is written beside a person's own files, and no compiled code is older than they are.
                "-B",
                "-m",
                "narrowgate.lab.integrations.worker",
                str(self.file),
                self.handler,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=self.file.parent,
                env={**os.environ, "AWS_LAMBDA_FUNCTION_NAME": self.file.stem, "AWS_REGION": self.region},
                limit=_LONGEST_RESULT,
            )
        self._all.add(process)
        return process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._all.discard(process)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def close(self) -> None:
        """End every process of the function."""
        await asyncio.gather(*(self._end(each) for each in tuple(self._all)))
