"""Facts that no AWS API holds (`outside.json`): own and on-premises DNS servers, public records, outages."""

from typing import Annotated

import msgspec

from narrowgate.model.fact import ADDRESS_PATTERN, AddressText

FORWARD_PATTERN = ADDRESS_PATTERN.replace("^(?:", "^(?:public|", 1).replace(")?$", ")$")
ForwardTarget = Annotated[str, msgspec.Meta(pattern=FORWARD_PATTERN)]
"""An address, or `public`."""


class ServerForward(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a DNS server of one's own sends queries of a domain: an address, or `public`."""

    domain: str
    to: ForwardTarget


class OutsideRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that a server answers with, or that public DNS holds."""

    name: str
    type: str
    value: str


class DnsServer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A DNS server of one's own (CUST-01); `vpc` is null on premises."""

    ip: AddressText
    vpc: str | None = None
    forward: tuple[ServerForward, ...] = ()
    answers: tuple[OutsideRecord, ...] = ()


class Outside(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The whole file; `unavailable` names services that are down, such as `dns_firewall`."""

    schema: str = "narrowgate.outside/1"
    dns_servers: tuple[DnsServer, ...] = ()
    public_records: tuple[OutsideRecord, ...] = ()
    unavailable: tuple[str, ...] = ()
