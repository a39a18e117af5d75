"""What one resolver or server says to one question, before it is a client's answer; how outcomes combine."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from narrowgate.model.answer import (
    Cause,
    Considered,
    Evidence,
    FirewallBlock,
    Leg,
    Missing,
    Rcode,
    Step,
    Verdict,
    cause_of,
)
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot

LAYER = "dns"
PUBLIC = "public"
"""`target` and `answered_by` where public DNS answers."""


LONGEST_TRAIL = 32
"""How many forwards and redirections are followed; what a resolver does with longer chains is not documented."""


class Query(NamedTuple):
    """A question on its way: canonical name, record type, and every (place, name) that it passed."""

    snapshot: Snapshot
    name: str
    type: str
    trail: tuple[tuple[str, str], ...] = ()

    def passed(self, place: str) -> "Query":
        """The same question, having passed one more place."""
        return Query(self.snapshot, self.name, self.type, (*self.trail, (place, self.name)))

    def redirected(self, place: str, name: str) -> "Query":
        """The question for another name, to which a record at a place led."""
        return self._replace(name=name, trail=(*self.trail, (place, name)))

    @property
    def is_too_long(self) -> bool:
        """Whether the question has come further than anybody documents."""
        return len(self.trail) >= LONGEST_TRAIL


class Outcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An answer, or why there is none.

    `chain` holds the CNAME targets in order; `is_provisional` marks an outcome that depends on where the question
    came from (a loop was met), which must not be kept for other askers.
    """

    verdict: Verdict
    rcode: Rcode | None = None
    addresses: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    target: str | None = None
    answered_by: str | None = None
    blocked: FirewallBlock | None = None
    steps: tuple[Step, ...] = ()
    blocking: tuple[Cause, ...] = ()
    unknowns: tuple[Missing, ...] = ()
    warnings: tuple[str, ...] = ()
    is_provisional: bool = False

    def content(self) -> tuple[object, ...]:
        """What a client can tell outcomes apart by."""
        return (self.verdict, self.rcode, frozenset(self.addresses), frozenset(self.records))

    def after(self, *steps: Step, warnings: Iterable[str] = ()) -> "Outcome":
        """The outcome with steps that came before it."""
        noted = tuple(warnings)
        if noted:
            return change(
                self, steps=(*steps, *self.steps), warnings=tuple(dict.fromkeys((*noted, *self.warnings)))
            )
        return change(self, steps=(*steps, *self.steps)) if steps else self


change = msgspec.structs.replace


def passing(
    component: str | None,
    rule: str,
    text: str,
    *,
    chosen: str | None = None,
    considered: tuple[Considered, ...] = (),
    evidence: tuple[Evidence, ...] = (),
) -> Step:
    """A step that does not stop the question."""
    return Step(
        layer=LAYER,
        component=component,
        verdict=Verdict.ALLOWED,
        text=text,
        rule=rule,
        chosen=chosen,
        considered=considered,
        evidence=evidence,
    )


def answered(step: Step, *, records: Iterable[str], target: str | None, addresses: Iterable[str] = ()) -> Outcome:
    """A positive answer; `step.component` is who gave it."""
    return Outcome(
        verdict=Verdict.ALLOWED,
        rcode=Rcode.NOERROR,
        addresses=tuple(addresses),
        records=tuple(records),
        target=target,
        answered_by=step.component,
        steps=(step,),
    )


def refused(
    rcode: Rcode | None,
    reason: Reason,
    component: str | None,
    rule: str,
    text: str,
    *,
    verdict: Verdict = Verdict.DENIED,
    considered: tuple[Considered, ...] = (),
    evidence: tuple[Evidence, ...] = (),
) -> Outcome:
    """A negative answer, or none; `invalid` where AWS would not have accepted the configuration."""
    step = Step(
        layer=LAYER,
        component=component,
        verdict=verdict,
        text=text,
        leg=Leg.CONFIG if verdict is Verdict.INVALID else Leg.FORWARD,
        reason=reason,
        rule=rule,
        considered=considered,
        evidence=evidence,
    )
    cause = cause_of(step)
    return Outcome(
        verdict=verdict,
        rcode=rcode,
        answered_by=component if rcode in (Rcode.NXDOMAIN, Rcode.NODATA) else None,
        steps=(step,),
        blocking=(cause,) if cause else (),
    )


def undecided(
    component: str | None,
    rule: str,
    text: str,
    missing: Iterable[Missing],
    *,
    considered: tuple[Considered, ...] = (),
) -> Outcome:
    """Nobody can tell, and which facts would."""
    unknowns = tuple(dict.fromkeys(missing))
    step = Step(
        layer=LAYER,
        component=component,
        verdict=Verdict.UNKNOWN,
        text=text,
        rule=rule,
        considered=considered,
        unknowns=unknowns,
    )
    return Outcome(verdict=Verdict.UNKNOWN, steps=(step,), unknowns=unknowns)


def only_public_dns_knows(query: Query) -> Outcome:
    """A name of the world outside."""
    gap = Missing(fact="public DNS", resource=query.name, why="only public DNS could tell")
    return undecided(PUBLIC, "PHZ-01", f"{query.name} is looked up in public DNS, which nobody asked", (gap,))


def too_long(query: Query, component: str, rule: str) -> Outcome:
    """A chain that is longer than is followed here."""
    gap = Missing(
        fact=f"chains of over {LONGEST_TRAIL} forwards and redirections", resource=query.name, why="not documented"
    )
    told = undecided(component, rule, f"the chain to {query.name} is longer than anybody documents", (gap,))
    return change(told, is_provisional=True)


def doubted(
    outcomes: Sequence[Outcome], missing: Iterable[Missing], component: str | None, rule: str, text: str
) -> Outcome:
    """The outcome where missing facts decide between several: what all agree on, else unknown.

    Where every possibility fails the failure is certain, whatever the facts are; its code is told where it is one.
    The first outcome is the one that the known facts give.
    """
    unknowns = tuple(dict.fromkeys(missing))
    first = outcomes[0]
    same = all(each.content() == first.content() for each in outcomes)
    provisional = any(each.is_provisional for each in outcomes)
    if same and first.verdict is not Verdict.UNKNOWN:
        return change(first, is_provisional=provisional)
    if all(each.verdict in (Verdict.DENIED, Verdict.INVALID) for each in outcomes):
        rcodes = {each.rcode for each in outcomes}
        return change(
            first,
            verdict=first.verdict if len({each.verdict for each in outcomes}) == 1 else Verdict.DENIED,
            rcode=rcodes.pop() if len(rcodes) == 1 else None,
            blocked=None,
            unknowns=tuple(dict.fromkeys((*first.unknowns, *unknowns))),
            is_provisional=provisional,
        )
    told = undecided(component, rule, text, unknowns)
    return change(
        told,
        steps=(*first.steps, *told.steps),
        unknowns=tuple(dict.fromkeys((*unknowns, *(fact for each in outcomes for fact in each.unknowns)))),
        warnings=first.warnings,
        is_provisional=provisional,
    )


def any_of(outcomes: Sequence[Outcome], reason: Reason, component: str | None, rule: str, text: str) -> Outcome:
    """The outcome where AWS gives one of several without saying which: agreement, else `indeterminate`."""
    first = outcomes[0]
    provisional = any(each.is_provisional for each in outcomes)
    if all(each.content() == first.content() for each in outcomes):
        return change(first, is_provisional=provisional)
    if all(each.verdict is Verdict.DENIED for each in outcomes):
        return change(first, rcode=None, is_provisional=provisional)
    unknowns = tuple(dict.fromkeys(fact for each in outcomes for fact in each.unknowns))
    verdicts = {each.verdict for each in outcomes}
    for decisive in (Verdict.INVALID, Verdict.UNKNOWN):
        if decisive in verdicts:
            found = next(each for each in outcomes if each.verdict is decisive)
            return change(found, unknowns=unknowns, is_provisional=provisional)
    told = refused(None, reason, component, rule, text, verdict=Verdict.INDETERMINATE)
    return change(
        told,
        steps=(*first.steps, *told.steps),
        unknowns=unknowns,
        is_provisional=provisional,
    )
