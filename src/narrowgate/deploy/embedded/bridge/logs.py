"""Flow logs."""

from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend

from narrowgate.deploy.embedded.bridge.defect import Defect, replace

_GROUP = ":log-group:"


def _names_the_group(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(backend: Any, *arguments: Any, **more: Any) -> Any:
        destination = more.get("log_destination") or ""
        if not more.get("log_group_name") and _GROUP in destination:
            more["log_group_name"] = destination.partition(_GROUP)[2].removesuffix(":*")
        return original(backend, *arguments, **more)

    return create


DEFECTS = (
    Defect(
        name="flow-log-group",
        moto="does not find the log group of a flow log that names it by its ARN, and says that delivery failed",
        aws="delivers to it, and tells its name",
        mend=lambda: replace(EC2Backend, "create_flow_logs", _names_the_group),
    ),
)
