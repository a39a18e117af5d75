"""Start and stop the embedded AWS."""

import os
import subprocess
import sys
from importlib.util import find_spec
from types import TracebackType
from typing import Self

from narrowgate.model.errors import DeploymentError, InputError

_MODULE = "narrowgate.deploy.embedded.server"


class EmbeddedAws:
    """An AWS on loopback, from `with` to the end of the block.

    Raises (on entering):
        InputError: moto is not installed.
        DeploymentError: it does not start.
    """

    def __init__(self, account: str) -> None:
        """`account` is the number of the account that plain credentials belong to."""
        self.account = account
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        if find_spec("moto") is None or find_spec("flask") is None:
            raise InputError(
                "the embedded AWS needs moto, which is not installed", help="pip install 'narrowgate[embedded]'"
            )
        environment = {**os.environ, "MOTO_ACCOUNT_ID": self.account, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
        # Roles of generated code take policies that AWS manages.
        environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
        # Nobody else's DNS has to be waited for: a certificate is issued when it is next looked at.
        environment["MOTO_ACM_VALIDATION_WAIT"] = "0"
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by this interpreter
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        port = self._process.stdout.readline().strip()
        if not port:
            self._stop()
            raise DeploymentError(
                "the embedded AWS does not start", help=f"python -m {_MODULE} shows why; its moto may be another"
            )
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it; whatever it held is gone."""
        self._stop()

    def environment(self, region: str) -> dict[str, str]:
        """What makes AWS tools and libraries ask here; not one setting of the caller's own AWS remains."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **kept,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "embedded",
            "AWS_SECRET_ACCESS_KEY": "embedded",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def _stop(self) -> None:
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.terminate()
        self._process.wait()
        self._process = None
