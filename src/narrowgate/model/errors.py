"""Every error that a caller can act on.

    NarrowgateError
    ├── InputError            a file, document or argument is wrong: where, what, what to do
    │   └── UnknownNameError  a client, target or file that nothing in the source is called
    ├── QuestionError         the question contradicts itself or the source
    └── OutsideError          AWS, or a program that was started, did not do what was asked (status 4)
        ├── CollectionError   an account could not be collected
        └── DeploymentError   a deployment did not come to its end

Messages are lower case without a final stop; values from the user stand in backticks. "The answer is no" and
"the answer is unknown" are answers, never errors.
"""

import difflib
from collections.abc import Iterable


class NarrowgateError(Exception):
    """What went wrong, with the place and the way out kept apart so that each output can lay them out.

    Args:
        message: one line, lower case, no final stop.
        where: file, file and line, or file and JSON pointer; empty when there is no place.
        help: what the user can do about it; empty when the message says all.
    """

    def __init__(self, message: str, *, where: str = "", help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.help = help

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.help})" if self.help else text


class InputError(NarrowgateError):
    """A file, a document or an argument cannot be used as it is."""


_TOLD = 6
"""How many names an error tells where none is near."""


class UnknownNameError(InputError):
    """A name that nothing in the source carries; suggests the nearest one that exists, else `otherwise`.

    Without either, a few names are all told: somebody who has just got a source does not know one to start from.
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str] = (), *, where: str = "", otherwise: str = ""
    ) -> None:
        names = [each for each in dict.fromkeys(known) if each]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        if near:
            help = f"did you mean `{near[0]}`?"
        elif otherwise or not names:
            help = otherwise
        else:
            more = f", and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
            help = "known: " + ", ".join(f"`{each}`" for each in names[:_TOLD]) + more
        super().__init__(f"unknown {kind} `{name}`", where=where, help=help)


class QuestionError(NarrowgateError):
    """The question cannot be asked of this source as it stands."""


class OutsideError(NarrowgateError):
    """The input is good, but AWS or a program that was started did not do its part."""


class CollectionError(OutsideError):
    """An account could not be collected, or not to the end."""


class DeploymentError(OutsideError):
    """A deployment could not be made, or not to the end."""
