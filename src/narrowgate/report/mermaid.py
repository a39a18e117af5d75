"""A traced call as a Mermaid flowchart: the way of the name dashed, the way of the packets bold."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from narrowgate.model.answer import Leg, Step, Verdict
from narrowgate.model.trace import TraceAnswer

_SPECIAL = re.compile(r'["<>`#;]')


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A component as a picture shows it: what it is, what it is called, and the network that it stands in."""

    kind: str
    label: str
    network: str | None = None


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls what, and what the components are, by the ids that steps carry."""

    client: str
    client_network: str
    parts: Mapping[str, Part]
    names: Sequence[str]
    """Kinds that the way of the name shows."""
    packets: Sequence[str]
    """Kinds that the way of the packets shows."""


def render_mermaid(answer: TraceAnswer, scene: Scene) -> str:
    """The flowchart's text; a call that fails ends in what decides."""
    return "\n".join(_lines(answer, scene))


def _lines(answer: TraceAnswer, scene: Scene) -> Iterator[str]:
    asked = _way(answer.dns.steps if answer.dns else (), scene, scene.names)
    sent = _way(answer.hops, scene, scene.packets)
    shown = list(dict.fromkeys((*asked, *sent)))
    yield "flowchart LR"
    yield from _networks(scene, shown)
    yield from _chain("client", asked, "-.->", "name")
    if sent:
        yield from _chain("client", sent, "==>", "TCP 443")
    if answer.verdict is not Verdict.ALLOWED:
        yield from _end(answer, (sent or asked or ["client"])[-1])


def _way(steps: Sequence[Step], scene: Scene, kinds: Sequence[str]) -> list[str]:
    """The components of some kinds, in the order of the way there, each once."""
    found: dict[str, None] = {}
    for step in steps:
        part = scene.parts.get((step.component or "").partition("/")[0])
        if step.leg is Leg.FORWARD and part is not None and part.kind in kinds:
            found[part.label] = None
    return list(found)


def _networks(scene: Scene, shown: Sequence[str]) -> Iterator[str]:
    by_label = {part.label: part for part in scene.parts.values()}
    homes: dict[str | None, list[str]] = {scene.client_network: ['client(["' + _text(scene.client) + '"])']}
    for label in shown:
        part = by_label[label]
        homes.setdefault(part.network, []).append(f'{_id(label)}["{_called(part)}"]')
    for number, (network, nodes) in enumerate(homes.items()):
        if network is None:
            yield from (f"  {node}" for node in nodes)
        else:
            yield f'  subgraph net{number}["VPC {_text(network)}"]'
            yield from (f"    {node}" for node in nodes)
            yield "  end"


def _called(part: Part) -> str:
    kind, label = _text(part.kind), _text(part.label)
    return kind if kind == label else f"{kind}<br>{label}"


def _chain(start: str, labels: Sequence[str], arrow: str, word: str) -> Iterator[str]:
    before = start
    for label in labels:
        text = f'|"{word}"| ' if before == start else ""
        yield f"  {before} {arrow}{text or ' '}{_id(label)}"
        before = _id(label)


def _end(answer: TraceAnswer, last: str) -> Iterator[str]:
    sign = "✗" if answer.verdict in (Verdict.DENIED, Verdict.INVALID, Verdict.PARTIAL) else "?"
    words = f"{sign} {answer.symptom or answer.verdict}"
    yield f'  stop(["{_text(words)}"])'
    yield f"  {last if last == 'client' else _id(last)} -.-x stop"


def _id(label: str) -> str:
    return "n" + re.sub(r"[^A-Za-z0-9]", "", label)


def _text(words: str) -> str:
    return _SPECIAL.sub("", words)
