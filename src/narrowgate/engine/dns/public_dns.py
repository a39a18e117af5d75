"""What is asked of public DNS, and followed there."""

from collections.abc import Callable
from typing import NamedTuple

from narrowgate.engine.dns.outcome import (
    Outcome,
    Query,
    change,
    refused,
    too_long,
)
from narrowgate.engine.dns.public import answer_publicly
from narrowgate.engine.dns.record_answer import Redirect
from narrowgate.model.answer import Rcode
from narrowgate.model.outside import DnsServer
from narrowgate.model.reason import Reason


class Ask(NamedTuple):
    """Who else can be asked on the way: a VPC's resolver by its id, and a DNS server of one's own."""

    resolver: Callable[[Query, str], Outcome]
    server: Callable[[Query, DnsServer, "Ask"], Outcome]


def follow_publicly(query: Query, redirect: Redirect) -> Outcome:
    """Follow a CNAME that public DNS gave, in public DNS."""
    place = "public CNAME"
    if (place, redirect.target) in query.trail:
        return cname_loop(query, redirect)
    if query.is_too_long:
        return too_long(query, redirect.target, "RSLV-11")
    onward = query.redirected(place, redirect.target)
    return followed(redirect, answer_publicly(onward, follow_publicly))


def followed(redirect: Redirect, found: Outcome) -> Outcome:
    """The answer to a CNAME's target, behind the CNAME itself."""
    if found.blocked is not None:
        # A firewall replaces the whole response, the CNAME with it (FW-05).
        return found.after(redirect.step)
    return change(
        found,
        records=(redirect.record, *found.records),
        chain=(redirect.target, *found.chain),
        steps=(redirect.step, *found.steps),
    )


def cname_loop(query: Query, redirect: Redirect) -> Outcome:
    """CNAME records that lead back to a name that was asked before."""
    text = f"the CNAME records of {query.name} lead back to {redirect.target}"
    component = redirect.step.component
    told = refused(Rcode.SERVFAIL, Reason.DNS_CNAME_LOOP, component, "RSLV-11", text)
    return change(told.after(redirect.step), is_provisional=True)


def ask_publicly(query: Query) -> Outcome:
    """What a client outside every VPC finds."""
    return answer_publicly(query, follow_publicly)
