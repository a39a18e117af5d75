"""A lab that is built and answers: fabric, filters, resolvers, endpoints, and what was seen."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from narrowgate.lab.balancers import Balancers
from narrowgate.lab.dns.forwarding import Forwarder
from narrowgate.lab.dns.server import Resolvers
from narrowgate.lab.https.certificates import Authority
from narrowgate.lab.https.server import Endpoints
from narrowgate.lab.https.signature import Key
from narrowgate.lab.integrations.dispatch import Integrations
from narrowgate.lab.integrations.mapping import Integration
from narrowgate.lab.integrations.relay import Relay
from narrowgate.lab.kernel.exit_rules import nat_ruleset
from narrowgate.lab.kernel.fabric import Fabric
from narrowgate.lab.kernel.nft import Rulesets
from narrowgate.lab.kernel.packet_filter import hub_ruleset, ruleset
from narrowgate.lab.kernel.spaces import Spaces
from narrowgate.lab.kernel.watch import Event, Watch
from narrowgate.lab.logs import Logs
from narrowgate.lab.plan.build import build_plan
from narrowgate.lab.plan.faults import Down, Fault, apply_faults
from narrowgate.lab.plan.types import Plan
from narrowgate.model.snapshot import Snapshot


class World:
    """Built inside the user namespace that this process has entered."""

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        principals: tuple[str, ...] = (),
        *,
        integrations: Sequence[Integration] = (),
        relay: Relay | None = None,
        in_a_hurry: bool = False,
    ) -> None:
        """Plan the lab.

        Args:
            snapshot: the estate.
            folder: takes certificates and logs.
            principals: who gets an access key.
            integrations: what stands behind APIs, the closest first; all else answers as a mock does.
            relay: the way to the web servers that these name.
            in_a_hurry: no resolver waits for the reply to a packet that it knows was dropped.
        """
        self.snapshot = snapshot
        self.folder = folder
        self.plan: Plan = build_plan(snapshot)
        self.spaces = Spaces()
        self.fabric = Fabric(self.plan, self.spaces)
        self.keys = make_keys(principals)
        self.logs = Logs(snapshot, self.plan, folder)
        self.events: list[Event] = []
        self._labels: dict[str, str] = {}
        self._rulesets = Rulesets(self.spaces)
        self._down: frozenset[Down] = frozenset()
        self.listeners: set[Callable[[Event], None]] = set()
        self.watch = Watch(self.spaces, self._seen)
        forwarder = Forwarder(self.spaces, self.listeners if in_a_hurry else None)
        self.resolvers = Resolvers(snapshot, self.plan, self.spaces, self.logs.query, forwarder)
        self.authority = Authority(folder)
        by_id = {each.access_key: each for each in self.keys}
        self.balancers = Balancers(snapshot, self.plan, self.spaces, self.authority)
        self.integrations = Integrations(integrations, folder, relay)
        self.endpoints = Endpoints(
            snapshot, self.plan, self.spaces, self.authority, by_id, self.logs.access, self.integrations.answer
        )

    async def start(self) -> None:
        """Build everything, then listen.

        Raises:
            LabError: the kernel, or `nft`, refuses.
        """
        self.fabric.build()
        self._load_filters(self.plan)
        for name in [each.name for each in self.plan.routers] + [each.name for each in self.plan.hubs]:
            self.watch.start(name)
        await self.resolvers.start()
        await self.endpoints.start()
        await self.balancers.start()

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Break these things and no others; whatever was broken before and is not named is whole again.

        Raises:
            InputError: a fault changes nothing.
            LabError: the kernel, or `nft`, refuses.
        """
        plan, down = apply_faults(self.plan, faults)
        self.fabric.change(plan, down, self._down)
        self._down = down
        self._load_filters(plan)

    def _load_filters(self, plan: Plan) -> None:
        """Load the rulesets of all routers and gateways; those that are as they were stay, with their connections.

        Raises:
            LabError: `nft` refuses one.
        """
        self._labels = {each.name: each.label for kind in (plan.ports, plan.links, plan.acls) for each in kind}
        for router in plan.routers:
            self._rulesets.load(router.name, router.label, ruleset(plan, router))
        for hub in plan.hubs:
            self._rulesets.load(hub.name, hub.label, hub_ruleset())
        for port in plan.ports:
            if port.service == "nat":
                self._rulesets.load(port.name, port.owner, nat_ruleset(port))

    async def stop(self) -> None:
        """Stop listening and let go of everything: the kernel takes the rest down."""
        self.balancers.close()
        await self.endpoints.stop()
        await self.integrations.close()
        self.resolvers.close()
        self.watch.close()
        await asyncio.sleep(0)
        self.spaces.close()

    def _seen(self, heard: Event) -> None:
        event = msgspec.structs.replace(heard, label=self._labels.get(heard.label, heard.label))
        self.events.append(event)
        del self.events[:-10000]
        self.logs.flow(event)
        for listener in tuple(self.listeners):
            listener(event)


def make_keys(principals: tuple[str, ...]) -> tuple[Key, ...]:
    """An access key of the lab for each principal; always the same for the same one, and good nowhere else."""
    return tuple(
        Key(f"AKIALAB{number:013d}", f"lab-secret-{number}-not-a-secret-anywhere-else", principal)
        for number, principal in enumerate(dict.fromkeys(principals), 1)
    )
