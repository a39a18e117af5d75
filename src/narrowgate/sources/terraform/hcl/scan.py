"""Terraform's text into tokens; templates inside text are found here, and parsed by whoever asked."""

import re
from typing import Any

import msgspec

_NAME = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BLANK = re.compile(r"[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_OPERATOR = re.compile(r"\.\.\.|=>|==|!=|<=|>=|&&|\|\||[?:,.\[\]{}()=<>!+\-*/%]")
_HEREDOC = re.compile(r"<<(-?)([^\W\d][\w-]*)\r?\n")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class SyntaxProblem(Exception):
    """Text that is not Terraform's language as it is understood here."""

    def __init__(self, message: str, line: int) -> None:
        """`line` from 1."""
        super().__init__(message)
        self.line = line


class Inner(msgspec.Struct, frozen=True):
    """The source of an expression inside text; `directive` for `%{…}`."""

    source: str
    line: int
    directive: bool = False


class Token(msgspec.Struct, frozen=True):
    """`kind` is name, number, text, operator, newline or end; text has the parts of its template as value.

    `start` and `end` are its offsets in the source.
    """

    kind: str
    value: Any
    line: int
    start: int = 0
    end: int = 0


def tokens(source: str, line: int = 1) -> list[Token]:
    """Every token of a text.

    Raises:
        SyntaxProblem: a character that begins nothing, or text without an end.
    """
    return _Scanner(source, line).run()


class _Scanner:
    def __init__(self, source: str, line: int) -> None:
        self.source = source
        self.line = line
        self.at = 0
        self.found: list[Token] = []

    def run(self) -> list[Token]:
        while self.at < len(self.source):
            self._step()
        self._add("end", "", self.at)
        return self.found

    def _add(self, kind: str, value: Any, end: int) -> None:
        self.found.append(Token(kind, value, self.line, self.at, end))

    def _step(self) -> None:
        source, at = self.source, self.at
        character = source[at]
        if character == "\n":
            self._add("newline", "\n", at + 1)
            self.at, self.line = at + 1, self.line + 1
        elif blank := _BLANK.match(source, at):
            self.line += blank[0].count("\n")
            self.at = blank.end()
        elif character == '"':
            start, line = at + 1, self.line
            parts, self.at = self._template(start)
            self.found.append(Token("text", parts, line, at, self.at))
        elif heredoc := _HEREDOC.match(source, at):
            self._heredoc(heredoc)
        elif name := _NAME.match(source, at):
            self._add("name", name[0], name.end())
            self.at = name.end()
        elif number := _NUMBER.match(source, at):
            value = float(number[0]) if re.search("[.eE]", number[0]) else int(number[0])
            self._add("number", value, number.end())
            self.at = number.end()
        elif operator := _OPERATOR.match(source, at):
            self._add("operator", operator[0], operator.end())
            self.at = operator.end()
        else:
            raise SyntaxProblem(f"`{character}` begins nothing", self.line)

    def _template(self, at: int) -> tuple[tuple[str | Inner, ...], int]:
        """The parts of a quoted text that begins at `at`, and where it ends."""
        parts: list[str | Inner] = []
        text = ""
        source = self.source
        while at < len(source) and source[at] not in '"\n':
            if source[at] == "\\" and at + 1 < len(source):
                step, piece = _escape(source, at)
                text, at = text + piece, at + step
            elif source.startswith(("$${", "%%{"), at):
                text, at = text + source[at + 1 : at + 3], at + 3
            elif source.startswith(("${", "%{"), at):
                end = _closing(source, at + 2, self.line)
                parts += [text, Inner(source[at + 2 : end], self.line, source[at] == "%")]
                self.line += source.count("\n", at, end)
                text, at = "", end + 1
            else:
                text, at = text + source[at], at + 1
        if at >= len(source) or source[at] != '"':
            raise SyntaxProblem("text without its closing quote", self.line)
        return (*parts, text), at + 1

    def _heredoc(self, opening: re.Match[str]) -> None:
        begin, line = opening.end(), self.line
        closing = re.compile(rf"^[ \t]*{re.escape(opening[2])}[ \t\r]*$", re.MULTILINE).search(self.source, begin)
        if closing is None:
            raise SyntaxProblem(f"`<<{opening[2]}` without its end", line)
        content = self.source[begin : closing.start()]
        if opening[1]:
            content = _without_indentation(content)
        self.line += 1
        self.found.append(Token("text", unquoted(content, self.line), line, opening.start(), closing.end()))
        self.line = line + self.source.count("\n", opening.start(), closing.end())
        self.at = closing.end()


def unquoted(content: str, line: int) -> tuple[str | Inner, ...]:
    """The parts of a text whose quotes and escapes are read already: a heredoc's, or one of JSON.

    Raises:
        SyntaxProblem: an interpolation without its end.
    """
    parts: list[str | Inner] = []
    text, at = "", 0
    while at < len(content):
        if content.startswith(("$${", "%%{"), at):
            text, at = text + content[at + 1 : at + 3], at + 3
        elif content.startswith(("${", "%{"), at):
            end = _closing(content, at + 2, line)
            here = line + content.count("\n", 0, at)
            parts += [text, Inner(content[at + 2 : end], here, content[at] == "%")]
            text, at = "", end + 1
        else:
            text, at = text + content[at], at + 1
    return (*parts, text)


def _escape(source: str, at: int) -> tuple[int, str]:
    letter = source[at + 1]
    for width, mark in ((4, "u"), (8, "U")):
        if letter == mark and re.fullmatch(rf"[0-9a-fA-F]{{{width}}}", source[at + 2 : at + 2 + width]):
            return 2 + width, chr(int(source[at + 2 : at + 2 + width], 16))
    return 2, _ESCAPES.get(letter, letter)


def _closing(source: str, at: int, line: int) -> int:
    """Where the brace that opened before `at` closes."""
    depth, quoted = 0, False
    while at < len(source):
        character = source[at]
        if quoted:
            if character == "\\":
                at += 1
            elif character == '"':
                quoted = False
            elif source.startswith(("${", "%{"), at) and source[at - 1] != source[at]:
                at = _closing(source, at + 2, line)
        elif character == '"':
            quoted = True
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0:
                return at
            depth -= 1
        at += 1
    raise SyntaxProblem("a template without its closing brace", line)


def _without_indentation(content: str) -> str:
    lines = content.split("\n")
    widths = [len(each) - len(each.lstrip(" \t")) for each in lines if each.strip()]
    return "\n".join(each[min(widths, default=0) :] for each in lines)
