"""How the network's evaluators write their steps, in one place so that every step names its rule and component."""

from collections.abc import Iterable

from narrowgate.model.answer import Considered, Evidence, Leg, Missing, Step, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.snapshot import Snapshot


class At:
    """One place of a leg that is being judged: its layer, its component and the rule that judges it."""

    __slots__ = ("component", "layer", "leg", "rule")

    def __init__(self, leg: Leg, layer: str, component: str | None, rule: str) -> None:
        self.leg = leg
        self.layer = layer
        self.component = component
        self.rule = rule

    def passes(
        self,
        text: str,
        *,
        chosen: str | None = None,
        considered: tuple[Considered, ...] = (),
        evidence: tuple[Evidence, ...] = (),
    ) -> Step:
        """A step that lets the packet through."""
        return Step(
            layer=self.layer,
            component=self.component,
            verdict=Verdict.ALLOWED,
            text=text,
            leg=self.leg,
            rule=self.rule,
            chosen=chosen,
            considered=considered,
            evidence=evidence,
        )

    def fails(
        self,
        reason: Reason,
        text: str,
        *,
        verdict: Verdict = Verdict.DENIED,
        chosen: str | None = None,
        considered: tuple[Considered, ...] = (),
        evidence: tuple[Evidence, ...] = (),
    ) -> Step:
        """A step that stops the packet (or some of it, or that AWS would not have accepted)."""
        return Step(
            layer=self.layer,
            component=self.component,
            verdict=verdict,
            text=text,
            leg=Leg.CONFIG if verdict is Verdict.INVALID else self.leg,
            reason=reason,
            rule=self.rule,
            chosen=chosen,
            considered=considered,
            evidence=evidence,
        )

    def unknown(
        self,
        text: str,
        unknowns: Iterable[Missing],
        *,
        reason: Reason | None = None,
        considered: tuple[Considered, ...] = (),
    ) -> Step:
        """A step that nobody can judge, with the facts that would tell."""
        return Step(
            layer=self.layer,
            component=self.component,
            verdict=Verdict.UNKNOWN,
            text=text,
            leg=self.leg,
            reason=reason,
            rule=self.rule,
            considered=considered,
            unknowns=tuple(unknowns),
        )


def missing_field(kind: str, field: str, resource: str) -> Missing:
    """A field that AWS always sends and this source does not have."""
    return Missing(fact=f"{kind}.{field}", resource=resource)


def missing_resource(operation: str, resource: str) -> Missing:
    """A resource that is named and that no call returned."""
    return Missing(fact=operation, resource=resource, why="named by another resource, but not in the source")


def not_modelled(what: str, resource: str | None) -> Missing:
    """Something that this model does not judge."""
    return Missing(fact=what, resource=resource, why="not modelled")


def is_contradicted(snapshot: Snapshot, resource: str, field: str) -> Missing | None:
    """The missing fact where two accounts' views of a field contradict each other."""
    if field in snapshot.contradictions.get(resource, ()):
        return Missing(fact=field, resource=resource, why="two accounts' views contradict each other")
    return None
