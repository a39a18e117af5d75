"""The calls of an API that its policies can tell apart: stage, method, path, for each outcome of patterns."""

import re
import string
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from narrowgate.engine.http.deployed_methods import DeployedMethod, Target, deployed_methods, match_resource
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.proof.cells import OutsideError
from narrowgate.engine.policy.proof.resources import METHODS, tail_words
from narrowgate.engine.policy.proof.words import Item, TooComplexError, Word, literal, some, witnesses
from narrowgate.engine.policy.request import Api, method_arn
from narrowgate.engine.policy.resources import ResourcePattern
from narrowgate.model.answer import Missing
from narrowgate.model.apigateway import RestApi, Stage
from narrowgate.model.snapshot import Snapshot

_PARAMETER = re.compile(r"\{([^}]+)\}")
_PLAIN = re.compile(r"(?:/[0-9A-Za-z_-]+)+|/")
_LONGEST = 1000
"""Paths that are far from every limit on the length of URLs and ARNs."""
_SEGMENT = string.ascii_letters + string.digits + "~!$&'()+,;=@._-%:*"
_REST = _SEGMENT + "/"


class Call(NamedTuple):
    """A method and paths that no policy tells apart: `path` is the resource's, `sample` one that is sent."""

    stage: str
    verb: str
    path: str
    sample: str
    method: DeployedMethod
    is_part: bool
    """Whether policies tell apart paths of the one resource, so that `sample` stands for some of them only."""


def stages_of(snapshot: Snapshot, api: RestApi) -> tuple[Stage, ...] | Missing:
    """The stages of an API, or the fact that would tell."""
    stages = snapshot.facts.api_stages.get(api.id)
    if stages is None:
        place = snapshot.place(api.id)
        gap = snapshot.missing("apigateway.get_stages", place.account, place.region, parent=api.id)
        return gap if gap is not None else ()
    return stages


def calls_of(
    snapshot: Snapshot, api: RestApi, stage: Stage, owner: Api, patterns: Sequence[ResourcePattern]
) -> list[Call] | Missing:
    """Every call of a stage, cut by the resource patterns of the policies that will judge it."""
    view = deployed_methods(snapshot, Target(api_id=api.id, stage=stage.stage_name, path="/"), stage)
    if isinstance(view, Missing):
        return view
    prefix = owner.arn.rsplit(":", 1)[0] + ":"
    try:
        words = list(dict.fromkeys(word for each in patterns for word in tail_words(each, prefix, api.id)))
    except OutsideError:
        # A policy variable in a resource: the engine judges a sample, and says where the variable decides.
        words = []
    found: list[Call] = []
    for path, verbs in sorted(view[0].items()):
        for verb, method in sorted(verbs.items()):
            kinds = [each for each in METHODS if each not in verbs] if verb == "ANY" else [verb]
            found += _cells(api.id, stage.stage_name, path, kinds, method, words)
    return found


def _cells(
    api_id: str, stage: str, path: str, verbs: Sequence[str], method: DeployedMethod, words: list[Word]
) -> Iterator[Call]:
    if not _PARAMETER.search(path):
        yield from (Call(stage, verb, path, path, method, False) for verb in verbs)
        return
    for verb in verbs:
        head = f"{api_id}/{stage}/{verb}"
        try:
            tails = witnesses(words, [(*literal(head), *_template(path))]) if words else []
        except TooComplexError:
            tails = []
        samples = [tail[len(head) :] for tail in tails] or [_PARAMETER.sub("1", path)]
        for sample in samples:
            yield Call(stage, verb, path, sample, method, len(samples) > 1)


def likeness_of(call: Call, owner: Api, patterns: Sequence[ResourcePattern]) -> tuple[object, ...] | None:
    """What a call has in common with all that are decided alike: its kind of method, and the patterns it matches.

    None where more may count: a parameter in the path, a variable in a pattern, an authorizer.
    """
    method = call.method
    if method.authorization_type not in ("NONE", "AWS_IAM") or not _PLAIN.fullmatch(call.path):
        return None
    if len(call.path) > _LONGEST or any(each.variables and "${" in each.text for each in patterns):
        return None
    context = Context(resource=method_arn(owner, call.stage, call.verb, call.path))
    matched = tuple(each.matches(context) for each in patterns)
    return (matched, method.authorization_type, method.api_key_required)


def _template(path: str) -> Word:
    """A resource's path as a pattern: `{name}` takes one segment, `{name+}` the rest."""
    word: list[Item] = []
    position = 0
    for found in _PARAMETER.finditer(path):
        word += literal(path[position : found.start()])
        word += some(_REST if found[1].endswith("+") else _SEGMENT)
        position = found.end()
    return (*word, *literal(path[position:]))


def names_path(resource: str, path: str) -> bool:
    """Whether a resource's path, as an entry spells it, is one that a caller's path leads to."""
    spelled = resource.partition(" (such as ")[0]
    return spelled == path or match_resource((spelled,), path) is not None
