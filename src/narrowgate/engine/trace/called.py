"""A call that has found its method, on its way to the policies."""

import msgspec

from narrowgate.engine.http.deployment import Outcome
from narrowgate.engine.http.url import HttpRequest
from narrowgate.model.apigateway import DomainName, RestApi
from narrowgate.model.privatelink import VpcEndpoint


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """A call that has found its method: who called what through which endpoint, seen from which address."""

    api: RestApi
    endpoint: VpcEndpoint
    domain: DomainName | None
    outcome: Outcome
    request: HttpRequest
    principal: str
    source: str | None
