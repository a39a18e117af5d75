"""Tokens into blocks and expressions."""

from narrowgate.sources.terraform.hcl.scan import Inner, SyntaxProblem, Token, tokens
from narrowgate.sources.terraform.hcl.syntax import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    GetAttr,
    Index,
    Literal,
    Object,
    Splat,
    Template,
    Tuple,
    Unary,
    Unsupported,
    Variable,
)

_BINARY = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
"""Operators, the loosest first."""
_WORDS = {"true": True, "false": False, "null": None}
_ELEMENT = Variable("*")


def parse(source: str, file: str = "") -> Body:
    """The blocks and attributes of a `.tf` file.

    Raises:
        SyntaxProblem: text that is not understood, with its line.
    """
    parser = _Parser(tokens(source), file)
    return parser.body(top=True)


class Spans:
    """Where in its text each attribute, block and expression of a file stands, as start and end offset."""

    def __init__(self) -> None:
        """Empty; the parser fills it."""
        # By identity: equal expressions stand in many places. The object is kept so that no other takes its id.
        self._by_id: dict[int, tuple[int, int, object]] = {}

    def note(self, found: object, start: int, end: int) -> None:
        """Remember where something stands."""
        self._by_id[id(found)] = (start, end, found)

    def of(self, found: object) -> tuple[int, int]:
        """Start and end offset.

        Raises:
            KeyError: it comes from inside a template, which has no offsets of its own.
        """
        start, end, _ = self._by_id[id(found)]
        return start, end


def parse_spanned(source: str, file: str = "") -> tuple[Body, Spans]:
    """The same as `parse`, with the place of everything.

    Raises:
        SyntaxProblem: text that is not understood, with its line.
    """
    parser = _Parser(tokens(source), file)
    return parser.body(top=True), parser.spans


def parse_expression(source: str, line: int = 1) -> Expression:
    """One expression.

    Raises:
        SyntaxProblem: text that is not understood, with its line.
    """
    parser = _Parser(tokens(source, line), "")
    parser.open = 1
    found = parser.expression()
    if parser.peek().kind != "end":
        raise SyntaxProblem(f"`{parser.peek().value}` after an expression", parser.peek().line)
    return found


class _Parser:
    def __init__(self, stream: list[Token], file: str) -> None:
        self.stream = stream
        self.file = file
        self.at = 0
        self.open = 0
        """How many brackets are open: inside them line ends mean nothing."""
        self.spans = Spans()
        self.end = 0
        """Where the token that was taken last ends."""

    def peek(self) -> Token:
        while self.open and self.stream[self.at].kind == "newline":
            self.at += 1
        return self.stream[self.at]

    def take(self) -> Token:
        token = self.peek()
        if token.kind != "end":
            self.at += 1
            self.end = token.end
        return token

    def sees(self, *operators: str) -> bool:
        token = self.peek()
        return token.kind == "operator" and token.value in operators

    def accept(self, operator: str) -> bool:
        if self.sees(operator):
            self.take()
            return True
        return False

    def expect(self, operator: str) -> None:
        token = self.take()
        if token.kind != "operator" or token.value != operator:
            raise SyntaxProblem(f"`{operator}` was expected", token.line)

    def enter(self, operator: str) -> None:
        self.expect(operator)
        self.open += 1

    def leave(self, operator: str) -> None:
        self.peek()
        self.open -= 1
        self.expect(operator)

    def body(self, *, top: bool = False) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        outer, self.open = self.open, 0
        while True:
            token = self.take()
            if token.kind == "newline":
                continue
            if token.kind == "end" if top else (token.kind, token.value) == ("operator", "}"):
                break
            if token.kind != "name":
                raise SyntaxProblem(f"`{token.value}` begins no argument and no block", token.line)
            if self.accept("="):
                attribute = Attribute(token.value, self.expression(), token.line)
                self.spans.note(attribute, token.start, self.end)
                attributes[token.value] = attribute
            else:
                blocks.append(self._block(token))
        self.open = outer
        return Body(attributes, tuple(blocks))

    def _block(self, token: Token) -> Block:
        labels: list[str] = []
        while not self.sees("{"):
            label = self.take()
            if label.kind == "name":
                labels.append(label.value)
            elif label.kind == "text" and all(isinstance(part, str) for part in label.value):
                labels.append("".join(label.value))
            else:
                raise SyntaxProblem("a label or `{` was expected", label.line)
        self.expect("{")
        found = Block(token.value, tuple(labels), self.body(), token.line, self.file)
        self.spans.note(found, token.start, self.end)
        return found

    def expression(self) -> Expression:
        start = self.peek().start
        found = self._conditional()
        self.spans.note(found, start, self.end)
        return found

    def _conditional(self) -> Expression:
        condition = self._binary(0)
        if not self.accept("?"):
            return condition
        yes = self.expression()
        self.expect(":")
        return Conditional(condition, yes, self.expression())

    def _binary(self, level: int) -> Expression:
        if level == len(_BINARY):
            return self._unary()
        left = self._binary(level + 1)
        while self.sees(*_BINARY[level]):
            operator = self.take().value
            left = Binary(operator, left, self._binary(level + 1))
        return left

    def _unary(self) -> Expression:
        if self.sees("!", "-"):
            return Unary(self.take().value, self._unary())
        return self._postfix(self._primary())

    def _postfix(self, found: Expression) -> Expression:
        while True:
            if self.accept("."):
                token = self.take()
                if token.kind == "operator" and token.value == "*":
                    return self._postfix(Splat(found, self._postfix(_ELEMENT)))
                if token.kind == "number":
                    # `a.0.1` scans as the number 0.1: the old way to write an index.
                    for part in str(token.value).split("."):
                        found = Index(found, Literal(int(part)))
                else:
                    found = GetAttr(found, str(token.value))
            elif self.sees("["):
                self.enter("[")
                if self.accept("*"):
                    self.leave("]")
                    return Splat(found, self._postfix(_ELEMENT))
                key = self.expression()
                self.leave("]")
                found = Index(found, key)
            else:
                return found

    def _primary(self) -> Expression:
        token = self.peek()
        if token.kind == "operator" and token.value in ("(", "[", "{"):
            return self._bracketed(token.value)
        self.take()
        if token.kind == "number":
            return Literal(token.value)
        if token.kind == "text":
            return template_of(token.value)
        if token.kind != "name":
            raise SyntaxProblem(
                f"`{token.value}` begins no expression".replace("\n", "the line's end"), token.line
            )
        if self.sees("("):
            return self._call(token.value)
        if token.value in _WORDS:
            return Literal(_WORDS[token.value])
        return Variable(token.value)

    def _bracketed(self, opening: str) -> Expression:
        self.enter(opening)
        if opening == "(":
            inner = self.expression()
            self.leave(")")
            return inner
        token = self.peek()
        if token.kind == "name" and token.value == "for":
            return self._for("]" if opening == "[" else "}")
        return self._tuple() if opening == "[" else self._object()

    def _tuple(self) -> Expression:
        items: list[Expression] = []
        while not self.sees("]"):
            items.append(self.expression())
            if not self.accept(","):
                break
        self.leave("]")
        return Tuple(tuple(items))

    def _object(self) -> Expression:
        items: list[tuple[Expression, Expression]] = []
        while not self.sees("}"):
            token = self.peek()
            key = self.expression()
            if isinstance(key, Variable) and token.kind == "name":
                key = Literal(key.name)
                self.spans.note(key, token.start, token.end)
            if not self.accept("="):
                self.expect(":")
            items.append((key, self.expression()))
            self.accept(",")
        self.leave("}")
        return Object(tuple(items))

    def _for(self, closing: str) -> Expression:
        self.take()
        names = [str(self.take().value)]
        if self.accept(","):
            names.append(str(self.take().value))
        self.take()  # in
        of = self.expression()
        self.expect(":")
        value, key = self.expression(), None
        if self.accept("=>"):
            key, value = value, self.expression()
        groups = self.accept("...")
        condition = None
        token = self.peek()
        if token.kind == "name" and token.value == "if":
            self.take()
            condition = self.expression()
        self.leave(closing)
        key_name = names[0] if len(names) == 2 else None
        return For(
            key_name=key_name,
            value_name=names[-1],
            of=of,
            key=key,
            value=value,
            condition=condition,
            groups=groups,
        )

    def _call(self, name: str) -> Expression:
        self.enter("(")
        arguments: list[Expression] = []
        expands = False
        while not self.sees(")"):
            arguments.append(self.expression())
            expands = self.accept("...")
            if not self.accept(","):
                break
        self.leave(")")
        return Call(name, tuple(arguments), expands)


def template_of(parts: tuple[str | Inner, ...]) -> Expression:
    """The expression that the parts of a text make; a lone interpolation is its own value."""
    found: list[Expression] = []
    for part in parts:
        if isinstance(part, str):
            if part:
                found.append(Literal(part))
        elif part.directive:
            return Unsupported("a template with `%{ … }`")
        elif part.source.startswith("~") or part.source.endswith("~"):
            return Unsupported("a template with `~`")
        else:
            found.append(parse_expression(part.source, part.line))
    if len(parts) == 3 and parts[0] == parts[2] == "" and len(found) == 1:
        return found[0]
    if all(isinstance(each, Literal) for each in found):
        return Literal("".join(str(each.value) for each in found if isinstance(each, Literal)))
    return Template(tuple(found))
