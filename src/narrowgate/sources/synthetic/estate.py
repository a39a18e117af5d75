"""An estate in the making: every builder in one class, and the responses that come of it."""

from collections.abc import Mapping
from typing import Any

from narrowgate.model.estate_facts import Call
from narrowgate.sources.snapshot.response import Response
from narrowgate.sources.synthetic.loadbalancing import LoadBalancerBuilder
from narrowgate.sources.synthetic.names import zone_id

_ZONE_LETTERS = "abcdef"


class Estate(LoadBalancerBuilder):
    """An estate of one or more accounts and Regions, built by calls that read like AWS's own.

    Methods return ids; `resource(id)` gives the element behind an id, to change any field. `responses()` answers
    every call of a complete collection for each account and Region that was used:

        estate = Estate()
        vpc = estate.vpc("10.0.0.0/16", "api")
        subnet = estate.subnet(vpc, "10.0.1.0/24", "a")
        endpoint = estate.interface_endpoint([subnet])
        estate.resource(endpoint)["State"] = "pending"

    Only existing ids can be named, as with AWS; whatever AWS would refuse beyond that is the caller's to avoid.
    """

    def _open(self) -> None:
        super()._open()
        for letter in _ZONE_LETTERS:
            self._add(
                "ec2.describe_availability_zones",
                {
                    "State": "available",
                    "OptInStatus": "opt-in-not-required",
                    "Messages": [],
                    "RegionName": self.region,
                    "ZoneName": f"{self.region}{letter}",
                    "ZoneId": zone_id(self.region, letter),
                    "GroupName": self.region,
                    "NetworkBorderGroup": self.region,
                    "ZoneType": "availability-zone",
                },
            )

    def responses(self) -> list[Response]:
        """Every response, in the order of accounts, Regions and calls."""
        return list(self.ledger.responses())

    def refused_calls(self) -> Mapping[Call, str]:
        """What AWS refused, with its words, as a manifest tells it."""
        return {
            Call(where.account, where.region, call, parent): ": ".join(words)
            for (where, call, parent), words in self.ledger.refused.items()
        }

    @property
    def outside(self) -> dict[str, Any] | None:
        """The content of `outside.json`: facts that no AWS API holds; None where there is no such file."""
        return self.ledger.outside

    @outside.setter
    def outside(self, content: dict[str, Any] | None) -> None:
        self.ledger.outside = content

    def accounts(self) -> list[str]:
        """The accounts that were used."""
        return sorted({site.account for site in self.ledger.sites})

    def regions(self) -> list[str]:
        """The Regions that were used."""
        return sorted({site.region for site in self.ledger.sites})
