"""`alias`: the API's own name for the endpoint, a public name with private addresses; Route 53 is not touched."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Limit, alias_name
from narrowgate.options.parts.networks import endpoint_ref


class Alias(CentralOption):
    """Peering, and the `{api}-{vpce}` name that associating the endpoint with the API makes."""

    name = "alias"
    title = "the API's alias name for the endpoint, no DNS to configure"
    when = (
        "Nobody may touch DNS, or each team owns its own: the name resolves everywhere, and only networks "
        "with a path to the endpoint can use it. Clients have to take another URL, which changes with the "
        "endpoint."
    )
    has_alias_names = True

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By `{api}-{vpce}.execute-api.…`, without a header."""
        return Call(host=alias_name(api, endpoint_ref(design.vpc(api.vpc or ""))), path=f"/{api.stage}")

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """The name is another one, public, and slow to appear."""
        return (
            Limit(rule="VPCE-DNS-03", text="the name appears some minutes after the API is deployed again"),
            Limit(rule="VPCE-DNS-06", text="a VPC with private DNS of its own answers it with its own endpoint"),
            Limit(rule="VPCE-DNS-11", text="resolvers with rebinding protection drop its private addresses"),
            Limit(rule="AGW-13", text="whether STRICT endpoint access mode admits the name is not documented"),
        )
