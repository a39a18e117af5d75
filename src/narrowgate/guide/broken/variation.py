"""What a variation is: a changed estate, a call, and the answer that the rules give."""

from collections.abc import Callable

import msgspec

from narrowgate.guide.estate import CLIENT, ORDERS, REGION, Guide
from narrowgate.model.answer import Leg, Verdict
from narrowgate.model.reason import Reason
from narrowgate.model.trace import Symptom

EXECUTE_API = f"execute-api.{REGION}.amazonaws.com"
API_NAME = f"{ORDERS}.{EXECUTE_API}"


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What `trace` must say.

    `layer`, `reason`, `resource` and `leg` are those of the first cause in packet order; `rules` are the rules
    that may be cited for it, the closest first. `missing` is the fact that an undecided answer must name. `warns`
    is True where the call works but must not pass in silence. `names` is the resource that somebody who reads the
    answer must find in it, where the first cause alone does not lead there.
    """

    verdict: Verdict
    symptom: Symptom | None = None
    leg: Leg = Leg.FORWARD
    layer: str | None = None
    reason: Reason | None = None
    resource: str | None = None
    rules: tuple[str, ...] = ()
    missing: str | None = None
    warns: bool = False
    names: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A changed estate, the call that is made in it, and what must come of it."""

    guide: Guide
    expected: Expected
    url: str
    method: str = "GET"
    headers: tuple[str, ...] = ()
    """Each as `Name: value`."""

    client: str = CLIENT


class Variation(msgspec.Struct, frozen=True, kw_only=True):
    """One named change; `make` builds its estate anew each time."""

    id: str
    changed: str
    """What differs from the working form, as a sentence."""
    make: Callable[[], Case]


def variation(make: Callable[[], Case]) -> Variation:
    """A variation named after its function and described by its docstring."""
    doc = make.__doc__ or ""
    return Variation(id=make.__name__.replace("_", "-"), changed=" ".join(doc.split()), make=make)


def case(guide: Guide, expected: Expected, *, url: str | None = None, method: str = "GET") -> Case:
    """The guide's own call unless another URL or method is given."""
    return Case(guide=guide, expected=expected, url=url or guide.url, method=method)


def works(*, warns: bool = False) -> Expected:
    """The call is answered by the API."""
    return Expected(verdict=Verdict.ALLOWED, symptom=Symptom.HTTP_200, warns=warns)


def denied(
    symptom: Symptom, layer: str, reason: Reason, resource: str | None, *rules: str, leg: Leg = Leg.FORWARD
) -> Expected:
    """The call fails for certain."""
    return Expected(
        verdict=Verdict.DENIED,
        symptom=symptom,
        leg=leg,
        layer=layer,
        reason=reason,
        resource=resource,
        rules=rules,
    )


def no_private_answer(names: str, *rules: str) -> Expected:
    """Only public DNS was left to ask; `names` is what kept the private answer away."""
    return Expected(
        verdict=Verdict.DENIED,
        symptom=Symptom.DNS_NXDOMAIN,
        layer="dns",
        reason=Reason.DNS_NO_PRIVATE_ANSWER,
        rules=rules,
        names=names,
    )


def unknown(missing: str) -> Expected:
    """Nobody can tell before the named fact is known."""
    return Expected(verdict=Verdict.UNKNOWN, missing=missing)
