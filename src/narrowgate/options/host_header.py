"""`host-header`: the endpoint's own public name, with a header that names the API."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Fit, Limit, refused
from narrowgate.options.parts.endpoints import callers_of, own_name
from narrowgate.options.parts.networks import endpoint_ref
from narrowgate.options.parts.policies import api_ref


class HostHeader(CentralOption):
    """Peering, the `vpce-…` name, and `x-apigw-api-id`."""

    name = "host-header"
    title = "the endpoint's own name, with `x-apigw-api-id`"
    when = (
        "The API cannot be changed, so that it gets no alias name, and the callers are programs that can send "
        "a header."
    )
    client_change = "every call carries the header `x-apigw-api-id`"

    def check(self, design: Design) -> Fit | None:
        """Browsers cannot call so: a preflight does not carry the header."""
        for api in design.private_apis:
            for consumer in callers_of(design, api):
                if consumer.is_browser:
                    return refused(
                        "AGW-07",
                        f"`{consumer.name}` is a browser: it cannot set Host, and its preflight carries no "
                        "`x-apigw-api-id`",
                        "a name that needs no header (`alias`)",
                    )
        return None

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the endpoint's name, with the API's id in a header."""
        host = own_name(endpoint_ref(design.vpc(api.vpc or "")))
        return Call(host=host, path=f"/{api.stage}", headers=(("x-apigw-api-id", api_ref(api)),))

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """What the header costs."""
        return (
            Limit(rule="AGW-13", text="an API with STRICT endpoint access mode refuses such calls"),
            Limit(rule="AGW-09", text="signed calls have to sign the Host that they send"),
            Limit(
                rule="VPCE-DNS-11", text="resolvers with rebinding protection drop the name's private addresses"
            ),
        )
