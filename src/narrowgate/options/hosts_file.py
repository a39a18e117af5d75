"""`hosts-file`: the default name pinned to the endpoint's addresses on each client host."""

from narrowgate.model.design import Api, Consumer, Design
from narrowgate.options.central import CentralOption
from narrowgate.options.option import Call, Limit, default_name
from narrowgate.options.parts.endpoints import addresses
from narrowgate.options.parts.networks import endpoint_ref


class HostsFile(CentralOption):
    """Peering, and a line in every client's hosts file."""

    name = "hosts-file"
    title = "the default name pinned to the endpoint's addresses in a hosts file"
    when = "A test of a minute on one host. Not for anything that stays."
    client_change = "every client host has a line in its hosts file"

    def call(self, design: Design, consumer: Consumer, api: Api) -> Call:
        """By the default name, which the host itself resolves."""
        vpc = design.vpc(api.vpc or "")
        return Call(host=default_name(api), path=f"/{api.stage}", pinned=addresses(vpc, endpoint_ref(vpc)))

    def limits(self, design: Design) -> tuple[Limit, ...]:
        """Fixed addresses age."""
        return (
            Limit(
                rule="AGW-11", text="the addresses change when the endpoint is made anew or moved to other subnets"
            ),
            Limit(rule="VPCE-02", text="most hosts use the first line only: no fail-over to the other zone"),
        )
