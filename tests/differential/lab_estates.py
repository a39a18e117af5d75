"""Whole random estates for the lab, with the questions that are asked in each: connections, names, calls."""

from collections.abc import Iterator
from random import Random

import msgspec
from tests.differential.random_apis import RandomApis
from tests.differential.random_estates import RandomEstate
from tests.differential.random_ipv6 import RandomIpv6
from tests.differential.random_names import MOVED, RandomNames

from narrowgate.lab.observe import Query
from narrowgate.model.snapshot import Snapshot

PORTS = (443, 443, 53, 8080)
CLIENT_PORTS = (1024, 20000, 33000, 50000, 61000)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question: what packets are asked, and for connections the interface that is meant."""

    query: Query
    target: str = ""


class LabEstate:
    """One estate and its questions, all from one seed.

    Every third is about the network, careless in all that stands between two interfaces; every third about names,
    and every third about calls: little stands in the way of packets there, so that rules and policies decide.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.base = RandomEstate(seed, faults=(1.0, 0.1, 0.05)[seed % 3])
        self.ipv6 = RandomIpv6(self.base)
        self.apis = RandomApis(self.base)
        self.names = RandomNames(self.base, self.apis)
        self.estate = self.base.estate
        self.random = Random(seed + 1)

    def snapshot(self) -> Snapshot:
        """The estate as a source gives it, everything that is not there being absent."""
        return self.base.snapshot()

    def questions(self) -> tuple[Asked, ...]:
        """Connections, names and calls, most of them of what the estate is about."""
        reach, resolve, call = ((14, 3, 3), (2, 14, 4), (2, 3, 16))[self.seed % 3]
        return (
            *(self._reach(number) for number in range(reach)),
            *(self._resolve() for _ in range(resolve)),
            *self._moved(),
            *(self._call() for _ in range(call)),
        )

    def _reach(self, number: int) -> Asked:
        client = self.random.choice(self.base.hosts)
        target = self.random.choice([each for each in self.base.interfaces if each != client])
        address = self.estate.resource(target)["PrivateIpAddress"]
        both = [self.estate.resource(each)["Ipv6Addresses"] for each in (client, target)]
        if all(both) and self.random.random() < 0.6:
            address = f"[{both[1][0]['Ipv6Address']}]"
        # Each call has a port of its own, so that no connection is taken for an earlier one's.
        port = self.random.choice(CLIENT_PORTS) + number
        query = Query(
            client=client, kind="reach", target=f"{address}:{self.random.choice(PORTS)}", source_port=port
        )
        return Asked(query=query, target=target)

    def _resolve(self) -> Asked:
        kind = self.random.choice(("A", "A", "A", "AAAA", "TXT"))
        return Asked(query=Query(client=self._host(), kind="resolve", target=self._name(), record_type=kind))

    def _moved(self) -> Iterator[Asked]:
        for host in self.base.hosts:
            if self.estate.resource(host)["VpcId"] == self.names.near:
                yield Asked(query=Query(client=host, kind="resolve", target=MOVED))
                return

    def _call(self) -> Asked:
        self.apis.random = self.random
        name = self.apis.called_name() if self.random.random() < 0.7 else self._name()
        path, method, headers, signer = self.apis.call(name)
        url = f"https://{name}{path}"
        query = Query(
            client=self._host(), kind="call", target=url, method=method, headers=headers, principal=signer
        )
        return Asked(query=query)

    def _host(self) -> str:
        return self.random.choice(self.base.hosts)

    def _name(self) -> str:
        self.names.random = self.random
        return self.names.name()
