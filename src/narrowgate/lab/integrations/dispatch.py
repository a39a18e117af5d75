"""Which integration answers an admitted call, and what API Gateway says where it fails or takes too long."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec

from narrowgate.lab.beliefs import INTEGRATION_SECONDS
from narrowgate.lab.https.exchange import Reply, refuse
from narrowgate.lab.https.gateway import Admitted
from narrowgate.lab.integrations import mock
from narrowgate.lab.integrations.backend import call_backend
from narrowgate.lab.integrations.event import MalformedReplyError, proxy_event, reply_of
from narrowgate.lab.integrations.function import Function, FunctionError
from narrowgate.lab.integrations.mapping import AWS_PROXY, MOCK, Integration
from narrowgate.lab.integrations.relay import Relay

_ERROR = "InternalServerErrorException"


class Integrations:
    """Everything that stands behind the APIs of a lab."""

    def __init__(
        self,
        mappings: Sequence[Integration],
        folder: Path,
        relay: Relay | None = None,
        *,
        seconds: float = INTEGRATION_SECONDS,
    ) -> None:
        """Nothing runs yet; `mappings` have the closest first, `folder` takes what functions print."""
        self.mappings = mappings
        self.log = folder / "function.log"
        self.relay = relay
        self.seconds = seconds
        self._functions: dict[str, Function] = {}

    async def answer(self, call: Admitted) -> Reply:
        """The reply of a call's integration, as API Gateway passes it on."""
        found = next((each for each in self.mappings if _is_meant(each, call)), Integration(api=""))
        try:
            reply = await self._ask(found, call)
        except TimeoutError:
            reply = refuse(504, "Endpoint request timed out", _ERROR, f"{found.text}: no answer in time")
        except (FunctionError, MalformedReplyError) as error:
            reply = refuse(502, "Internal server error", _ERROR, str(getattr(error, "message", error)))
        target = call.target
        return msgspec.structs.replace(
            reply, api=target.api.id, stage=target.stage, principal=call.verified.principal
        )

    async def _ask(self, found: Integration, call: Admitted) -> Reply:
        if found.kind == MOCK:
            return mock.answer(call)
        if found.kind == AWS_PROXY:
            function = self._functions.get(found.target)
            if function is None:
                function = Function(found.target, call.region, call.account, self.log)
                self._functions[found.target] = function
            return reply_of(await function.invoke(proxy_event(call), call.request.request_id, self.seconds))
        if self.relay is None:
            raise FunctionError("the lab was started without a way to a web server")
        return await call_backend(call, found, self.relay, self.seconds)

    async def close(self) -> None:
        """End every function, and the way out."""
        await asyncio.gather(*(each.close() for each in self._functions.values()))
        if self.relay is not None:
            self.relay.close()


def _is_meant(each: Integration, call: Admitted) -> bool:
    return each.api == call.target.api.id and each.fits(call.request.method, call.method.resource)
