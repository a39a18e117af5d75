"""What AWS refused in the middle of a deployment, as one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from narrowgate.model.errors import DeploymentError
from narrowgate.sources.live.failures import failure_of

_WAY_ON = "what was made stays: the same command goes on from here, and --destroy undoes it"


@contextmanager
def told() -> Iterator[None]:
    """Turn botocore's errors into ours.

    Raises:
        DeploymentError: AWS refused a call, could not be reached, or the session is over.
    """
    try:
        yield
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        if failure.is_expired:
            raise DeploymentError("the session's token has expired", help=f"log in again; {_WAY_ON}") from None
        raise DeploymentError(f"{failure.code}: {failure.error}", help=_WAY_ON) from None
