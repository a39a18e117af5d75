"""A function's own process: loads a person's Python file, and answers one event a line, as Lambda's runtime does.

Started as `python -m narrowgate.lab.integrations.worker FILE FUNCTION`. Events come by standard input and results
leave by standard output; what the function prints goes to standard error, which the lab keeps in a file.
"""

import ctypes
import importlib.util
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any


class Context:
    """What Lambda tells a function of its invocation."""

    function_version = "$LATEST"
    memory_limit_in_mb = "128"
    identity = None
    client_context = None

    def __init__(self, asked: dict[str, Any]) -> None:
        """Take over an invocation's own facts."""
        self.function_name: str = asked["function_name"]
        self.invoked_function_arn: str = asked["function_arn"]
        self.aws_request_id: str = asked["request_id"]
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = f"{time.strftime('%Y/%m/%d')}/[$LATEST]{os.getpid():032x}"
        self._deadline: float = asked["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        """How long the caller still waits."""
        return max(int((self._deadline - time.time()) * 1000), 0)


def main(file: str, name: str) -> None:
    """Answer events until there are no more."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    events = os.fdopen(os.dup(0), "r", encoding="utf-8")
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # The function's own prints and reads must not meet the events.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    handler = failure = None
    try:
        handler = _load(Path(file), name)
    except BaseException as error:
        failure = _told(error)
    for line in events:
        answer = failure or _answer(handler, json.loads(line))
        sys.stdout.flush()
        results.write(json.dumps(answer) + "\n")
        results.flush()


def _load(file: Path, name: str) -> Any:
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


def _answer(handler: Any, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        result = handler(asked["event"], Context(asked))
        json.dumps(result)
    except BaseException as error:
        return _told(error)
    return {"result": result}


def _told(error: BaseException) -> dict[str, Any]:
    """An error as Lambda reports it, and for the person in the log."""
    traceback.print_exception(error)
    sys.stderr.flush()
    return {"error": {"errorType": type(error).__name__, "errorMessage": str(error)}}


if __name__ == "__main__":
    main(*sys.argv[1:3])
