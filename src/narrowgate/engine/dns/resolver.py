"""One VPC's resolver: DNS support, firewall, then the best match of its view (section 0)."""

from narrowgate.engine.dns.firewall import UNKNOWN_RULE, Decision, blocked, decisions, outage
from narrowgate.engine.dns.outcome import Outcome, Query, change, doubted, passing, refused, too_long, undecided
from narrowgate.engine.dns.own_servers import answer_from_server
from narrowgate.engine.dns.public_dns import Ask, cname_loop, followed
from narrowgate.engine.dns.record_answer import Redirect
from narrowgate.engine.dns.search import Search
from narrowgate.engine.dns.servers import INBOUND
from narrowgate.engine.dns.view import View, view_of
from narrowgate.model.answer import Missing, Rcode, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot, index


@index
def _kept(snapshot: Snapshot) -> dict[tuple[str, str, str, bool], Outcome]:
    """Answers by VPC, name, type and whether the question came through an inbound endpoint."""
    return {}


def ask_resolver(query: Query, vpc_id: str, *, for_once: bool = False) -> Outcome:
    """What the resolver of a VPC answers, whoever sent the question there (DNS-09, IN-01).

    Args:
        query: the question.
        vpc_id: the VPC.
        for_once: nobody will ask again, so that the answer need not be kept.
    """
    place = f"resolver of {vpc_id}"
    if (place, query.name) in query.trail:
        told = refused(
            Rcode.SERVFAIL,
            Reason.DNS_FORWARD_LOOP,
            vpc_id,
            "RSLV-15",
            f"the question for {query.name} comes back to the resolver of {vpc_id}: it is forwarded in a circle",
        )
        return change(told, is_provisional=True)
    if query.is_too_long:
        return too_long(query, vpc_id, "RSLV-15")
    from_outside = bool(query.trail) and query.trail[-1][0].startswith(INBOUND)
    key = (vpc_id, query.name, query.type, from_outside)
    kept = _kept(query.snapshot)
    found = kept.get(key)
    if found is None:
        found = _Resolver(view_of(query.snapshot, vpc_id), from_outside).answer(query.passed(place))
        if not for_once and not (found.is_provisional and query.trail):
            # An answer that met a loop holds only for the way that the question took.
            kept[key] = found
    return found


ASK = Ask(resolver=ask_resolver, server=answer_from_server)
"""Asks resolvers and servers of the whole estate."""


class _Resolver:
    """The resolver of one VPC, asked from inside or through an inbound endpoint."""

    def __init__(self, view: View, from_outside: bool) -> None:
        self.view = view
        self.from_outside = from_outside

    def answer(self, query: Query) -> Outcome:
        """The answer, with the VPC's DNS support and firewall in front (DNS-04, FW-01)."""
        vpc_id = self.view.vpc_id
        if self.view.support is True:
            return self._through_firewall(query, is_redirect=False)
        silent = refused(
            Rcode.TIMEOUT,
            Reason.DNS_SUPPORT_DISABLED,
            vpc_id,
            "DNS-04",
            f"enableDnsSupport of {vpc_id} is off: its resolver gives no service",
            evidence=(query.snapshot.evidence(vpc_id, "enableDnsSupport", "false"),),
        )
        if not isinstance(self.view.support, Missing):
            return silent
        found = self._through_firewall(query, is_redirect=False)
        text = f"whether the resolver of {vpc_id} is on is not known"
        return doubted((found, silent), (self.view.support,), vpc_id, "DNS-04", text)

    def _through_firewall(self, query: Query, *, is_redirect: bool) -> Outcome:
        """What DNS Firewall lets pass, in every way in which it may decide (FW-02)."""
        firewall = self.view.firewall
        if not firewall.groups and not firewall.missing:
            return self._best(query, trusts=False)
        down = outage(query, firewall)
        if down is not None:
            return (
                down if down.verdict is not Verdict.ALLOWED else self._best(query, trusts=True).after(*down.steps)
            )
        possible = decisions(query, firewall, is_redirect=is_redirect)
        outcomes = [self._after_decision(query, each) for each in reversed(possible)]
        doubts = [fact for each in possible for fact in each.doubts]
        if firewall.missing:
            # A group that nobody collected may stand before every other and block, or allow what is blocked.
            text = f"which firewall groups filter {self.view.vpc_id} is not known"
            outcomes.append(undecided(self.view.vpc_id, "FW-01", text, firewall.missing))
            doubts += firewall.missing
        if len(outcomes) == 1:
            return outcomes[0]
        text = f"whether DNS Firewall lets {query.name} pass is not known"
        return doubted(outcomes, doubts, self.view.vpc_id, "FW-02", text)

    def _after_decision(self, query: Query, decision: Decision) -> Outcome:
        rule = decision.rule
        if rule is UNKNOWN_RULE or decision.blocks:
            return blocked(query, decision, self.view.vpc_id)
        found = self._best(query, trusts=decision.trusts_redirection)
        if rule is None:
            return found
        text = (
            f"DNS Firewall group {decision.group_id} lets {query.name} pass ({rule.action}, rule {rule.priority})"
        )
        return found.after(passing(decision.group_id, "FW-03", text, chosen=rule.action))

    def _best(self, query: Query, *, trusts: bool) -> Outcome:
        """The answer of the view, past the firewall; `trusts` lets redirections pass unseen."""

        def chase(asked: Query, redirect: Redirect) -> Outcome:
            return self._chase(asked, redirect, trusts=trusts)

        return Search(query, self.view, self.from_outside, ASK, chase).answer()

    def _chase(self, query: Query, redirect: Redirect, *, trusts: bool) -> Outcome:
        """Look up a CNAME's target in the same view (RSLV-11), past the firewall again (FW-05)."""
        place = f"CNAME in {self.view.vpc_id}"
        if (place, redirect.target) in query.trail or redirect.target == query.name:
            return cname_loop(query, redirect)
        if query.is_too_long:
            return too_long(query, self.view.vpc_id, "RSLV-11")
        onward = query.redirected(place, redirect.target)
        if trusts:
            return followed(redirect, self._best(onward, trusts=True))
        return followed(redirect, self._through_firewall(onward, is_redirect=True))
