"""What answers where nobody named anything: says what was called, and what API Gateway knows of the caller."""

import json

from narrowgate.lab.https.exchange import Reply
from narrowgate.lab.https.gateway import Admitted


def answer(call: Admitted) -> Reply:
    """A mock integration's answer."""
    body = {
        "api": call.target.api.name or call.target.api.id,
        "stage": call.target.stage,
        "method": call.request.method,
        "path": call.request.path,
        **_origin(call),
        "principal": call.verified.principal,
    }
    return Reply(status=200, body=json.dumps(body).encode())


def _origin(call: Admitted) -> dict[str, str]:
    if call.endpoint is None:
        return {"sourceIp": call.request.client}
    return {"vpcSourceIp": call.request.client, "vpce": call.endpoint.vpc_endpoint_id}
