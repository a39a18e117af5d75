"""The Resource element against the ARN of a method or of a private custom domain.

An ARN pattern is compared part by part: a wildcard in one of the first five parts stays inside it, one in the
last part runs on across `/` and `:` (POL-17). A pattern with fewer than six parts is completed with `*`, as IAM
does, and there a `*` at the end of any part runs on across colons. The path is compared as the client sent it.
AWS documents no decoding of percent-encoded characters: where an ordinary letter is encoded and the plain spelling
would come out differently, the answer is open (`paths`).
"""

from functools import lru_cache
from typing import Final

from narrowgate.engine.policy.arns import ARN_PARTS, split_arn
from narrowgate.engine.policy.context import Context
from narrowgate.engine.policy.glob import ANY_RUN, Glob, Token, compile_glob, tokenize
from narrowgate.engine.policy.kleene import NO, UNKNOWN, YES
from narrowgate.engine.policy.variables import MISFIT, MissingVariable, Template, as_text

SHORT_FORM: Final = "execute-api:/"


class ResourcePattern:
    """One value of a Resource or NotResource element.

    Args:
        text: as the policy writes it.
        short_form: whether `execute-api:/…` stands for the API's own ARN here (POL-16).
        variables: whether policy variables are replaced.
    """

    __slots__ = ("_arn", "_prefix", "_short", "_tail", "_template", "is_short", "text", "variables")

    def __init__(self, text: str, *, short_form: bool, variables: bool) -> None:
        self.text = text
        self.variables = variables
        self.is_short = short_form and text.startswith(SHORT_FORM)
        self._template: Template | None = None
        self._arn: _ArnPattern | None = None
        self._short: Glob | None = None
        self._prefix = ""
        self._tail: Glob | None = None
        template = Template(text, wildcards=True) if variables and "${" in text else None
        if template is not None and not template.is_constant:
            self._template = template
            return
        self._compile(template.constant() if template else tokenize(text))

    def _compile(self, tokens: tuple[Token, ...]) -> None:
        if self.is_short:
            self._short = Glob(_drop(tokens, len(SHORT_FORM) - 1))
            return
        arn = _ArnPattern(tokens)
        self._arn = arn
        if arn.literal_prefix is not None:
            self._prefix, self._tail = arn.literal_prefix, arn.last

    def matches(self, context: Context) -> int:
        """No, unknown, yes, or `MISFIT` where a variable is missing."""
        if self._short is not None:
            return YES if self._short.matches(context.short_resource) else NO
        if self._tail is not None:
            resource = context.resource
            if not resource.startswith(self._prefix):
                return NO
            return YES if self._tail.matches(resource[len(self._prefix) :]) else NO
        if self._arn is not None:
            return self._arn.matches(context.resource)
        if self._template is None:
            return NO
        try:
            tokens = self._template.fill(context)
        except MissingVariable as missing:
            return missing.outcome
        if self.is_short:
            return YES if Glob(_drop(tokens, len(SHORT_FORM) - 1)).matches(context.short_resource) else NO
        return _ArnPattern(tokens).matches(context.resource)


class _ArnPattern:
    """A pattern cut at its colons; `literal_prefix` is set where only the last part holds wildcards."""

    __slots__ = ("_across", "_any", "_parts", "_whole", "last", "literal_prefix")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._any = as_text(tokens) == "*"
        parts = split_arn(tokens)
        is_arn = as_text(tuple(parts[0])) == "arn" and len(parts) > 1
        self.literal_prefix: str | None = None
        self.last: Glob | None = None
        self._parts: tuple[Glob, ...] = ()
        self._across: Glob | None = None
        self._whole = None if is_arn or self._any else Glob(tokens)
        if not is_arn:
            return
        self._parts = tuple(Glob(part) for part in parts)
        if runs_across(parts):
            self._across = Glob(tokens)
        if len(parts) == ARN_PARTS and all(part.is_literal for part in self._parts[:-1]):
            self.literal_prefix = ":".join(as_text(tuple(part)) for part in parts[:-1]) + ":"
            self.last = self._parts[-1]

    def matches(self, resource: str) -> int:
        if self._any:
            return YES
        if self._whole is not None:
            # Neither `*` nor an ARN: AWS refuses it, or stores it uselessly (POL-19). Where even the most
            # generous reading does not cover the resource the answer is no; otherwise nobody knows.
            return UNKNOWN if self._whole.matches(resource) else NO
        count = len(self._parts)
        if self._across is not None and self._across.matches(resource):
            return YES
        parts = resource.split(":", count - 1)
        if len(parts) < count:
            return NO
        if not all(part.matches(text) for part, text in zip(self._parts[:-1], parts, strict=False)):
            return NO
        if self._parts[-1].matches(parts[-1]):
            return YES
        if count < ARN_PARTS and self._parts[-1].matches(parts[-1].partition(":")[0]):
            return YES
        return NO


def runs_across(parts: list[list[Token]]) -> bool:
    """Whether an ARN pattern of too few parts ends one of them in a `*`, which then runs on across colons."""
    return 1 < len(parts) < ARN_PARTS and any(part and part[-1] is ANY_RUN for part in parts[:-1])


def _drop(tokens: tuple[Token, ...], length: int) -> tuple[Token, ...]:
    """Tokens without the first characters of the leading literal text."""
    first = tokens[0]
    return (first[length:], *tokens[1:]) if isinstance(first, str) else tokens


class ResourceSet:
    """A compiled Resource or NotResource element.

    Args:
        values: the patterns as the policy writes them.
        negated: whether the element is NotResource.
        short_form: whether the policy is one that API Gateway holds (POL-16).
        variables: whether policy variables are replaced.
    """

    __slots__ = ("_everything", "negated", "patterns")

    def __init__(self, values: tuple[str, ...], *, negated: bool, short_form: bool, variables: bool) -> None:
        self.negated = negated
        self.patterns = tuple(
            ResourcePattern(value, short_form=short_form, variables=variables) for value in values
        )
        self._everything = not negated and "*" in values

    def applies(self, context: Context) -> int:
        """Whether the element covers the resource of the context; open where two spellings of it differ."""
        if self._everything:
            return YES
        outcome = self._covers(context)
        if context.plain is not None and self._covers(context.plain) != outcome:
            return UNKNOWN
        return outcome

    def _covers(self, context: Context) -> int:
        if self.negated:
            return self._excluded(context)
        best = NO
        for pattern in self.patterns:
            outcome = pattern.matches(context)
            if outcome == YES:
                return YES
            if outcome == UNKNOWN:
                best = UNKNOWN  # an absent variable (`MISFIT`) matches nothing
        return best

    def _excluded(self, context: Context) -> int:
        """NotResource: everything but the listed ones (POL-21)."""
        best = YES
        for pattern in self.patterns:
            outcome = pattern.matches(context)
            if outcome == YES and not pattern.is_short:
                return NO
            if outcome != NO:
                # Expansion of the short form is not documented here, so its matching leaves it open.
                best = UNKNOWN
        return best

    def open_variable(self, context: Context) -> str:
        """The variable or value that leaves the element undecided, for the explanation."""
        if context.plain is not None and self._covers(context.plain) != self._covers(context):
            return "percent-encoded path"
        for pattern in self.patterns:
            if pattern.matches(context) in (UNKNOWN, MISFIT):
                template = Template(pattern.text, wildcards=True)
                try:
                    template.fill(context)
                except MissingVariable as missing:
                    return missing.key
                return pattern.text
        return next((pattern.text for pattern in self.patterns if pattern.is_short), "Resource")


class ActionSet:
    """A compiled Action or NotAction element: names without case, with wildcards (POL-15, POL-22)."""

    __slots__ = ("_globs", "invoke", "negated", "values")

    def __init__(self, values: tuple[str, ...], *, negated: bool) -> None:
        self.values = values
        self.negated = negated
        self._globs = tuple(compile_glob(value.lower()) for value in values)
        self.invoke = self._covers("execute-api:invoke")

    def applies(self, context: Context) -> int:
        """Whether the element covers the action of the context."""
        return self.invoke if context.action == "execute-api:invoke" else self._covers(context.action)

    def _covers(self, action: str) -> int:
        listed = any(glob.matches(action) for glob in self._globs)
        return YES if listed is not self.negated else NO


@lru_cache(maxsize=1024)
def expand_short_form(text: str, api_arn: str) -> str:
    """The ARN that API Gateway saves for a short form, given the API's `arn:…:{api}` (POL-16)."""
    return api_arn + text[len(SHORT_FORM) - 1 :] if text.startswith(SHORT_FORM) else text
