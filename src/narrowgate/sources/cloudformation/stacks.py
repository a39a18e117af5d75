"""Several templates as one estate: nested stacks, exports and imports, one template per account and Region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.model.resource import GetAtt, Join, Origin, Ref, Resource, Unknown
from narrowgate.sources.cloudformation.decode import Tree, decode_template
from narrowgate.sources.cloudformation.includes import local_file, with_includes
from narrowgate.sources.cloudformation.template import NESTED, Stack, Template
from narrowgate.sources.cloudformation.transforms import transformed

_DEEPEST = 8
_NESTED_TYPES = (NESTED, "AWS::Serverless::Application")


class Stacks:
    """All stacks that are read together."""

    def __init__(self) -> None:
        """Start with none."""
        self.warnings: list[str] = []
        self.templates: list[Template] = []
        self._nested: dict[tuple[str, str], Template | Unknown] = {}
        self._exports: dict[int, dict[str, str]] = {}
        self._uncertain: list[Resource] = []
        self.read: set[Path] = set()
        self.takes_outputs = False
        """True where a parameter without a value takes the output of that name of whichever stack has it."""

    def add(self, path: Path, file: str, stack: Stack) -> Template:
        """Read one template as one stack.

        Raises:
            InputError: the file cannot be read, or is no template.
        """
        template = self._open(path, file, stack)
        self.templates.append(template)
        return template

    def _open(self, path: Path, file: str, stack: Stack) -> Template:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=file) from None
        self.read.add(path.resolve())
        tree = with_includes(decode_template(content, file), path.parent, file)
        tree = transformed(tree, file, self.warnings)
        if not isinstance(tree.get("Resources"), Tree):
            raise InputError("has no `Resources`", where=file, help="a template lists what it makes there")
        return Template(tree, path, file, stack, self)

    def nested(self, parent: Template, name: str) -> Template | Unknown:
        """The template of a nested stack, read once."""
        key = (parent.stack.prefix + name, parent.file)
        if key not in self._nested:
            # A stack whose own outputs feed its parameters would ask for itself.
            self._nested[key] = Unknown(f"`{name}` feeds itself")
            self._nested[key] = self._open_nested(parent, name)
        return self._nested[key]

    def _open_nested(self, parent: Template, name: str) -> Template | Unknown:
        resource = parent.resources[name]
        properties = resource.get("Properties") or {}
        where = _location(parent, resource, properties)
        line = parent.resources.line_of(name)
        if isinstance(where, Unknown):
            parent.warn(line, f"{name}: its template is not read: {where.why}")
            return where
        if parent.stack.depth >= _DEEPEST:
            raise InputError(
                "stacks are nested too deeply", where=f"{parent.file}:{line}", help=f"{_DEEPEST} at most"
            )
        given = properties.get("Parameters") or {}
        values = {key: parent.evaluated(each) for key, each in given.items()} if isinstance(given, dict) else {}
        stack = Stack(
            name=f"{parent.stack.name}-{name}",
            account=parent.stack.account,
            region=parent.stack.region,
            parameters=values,
            prefix=f"{parent.stack.prefix}{name}/",
            depth=parent.stack.depth + 1,
        )
        file = str(Path(parent.file).parent / where) if str(Path(parent.file).parent) != "." else str(where)
        return self._open(parent.path.parent / where, file, stack)

    def exported(self, name: str, importer: Template) -> Any:
        """The value behind an export of the importer's account and Region."""
        for template in self.templates:
            if (template.account, template.region) != (importer.account, importer.region):
                continue
            own = self._exports.get(id(template))
            if own is None:
                self._exports[id(template)] = {}
                own = self._exports[id(template)] = dict(template.exports())
            if name in own:
                return template.output(own[name])
        return Unknown(f"no template that is read exports `{name}`")

    def output_named(self, name: str) -> Any:
        """The output of a name of the stacks that are read together; None where none has it."""
        if not self.takes_outputs:
            return None
        for template in self.templates:
            if name in template.outputs:
                return template.output(name)
        return None

    def uncertain_types(self, template: Template, kinds: Iterable[str], why: Unknown) -> None:
        """Resources of some types that a template may make, nobody knows how many."""
        for kind in kinds:
            self._uncertain.append(
                Resource(
                    logical_id=f"{template.stack.prefix}loop of {kind}",
                    type=kind,
                    account=template.account,
                    region=template.region,
                    properties={},
                    origin=Origin(file=template.file),
                    uncertain=why,
                )
            )

    def resources(self) -> list[Resource]:
        """Every resource of every stack.

        Raises:
            InputError: a resource without a type, or references that lead in a circle.
        """
        found: list[Resource] = []
        for template in self.templates:
            found += self._of(template)
        if not self.takes_outputs:  # What outputs bring in was made in an earlier round.
            refuse_circles(found)
        return found + self._uncertain

    def _of(self, template: Template) -> Iterator[Resource]:
        for each in template.made():
            if each.type not in _NESTED_TYPES:
                yield each
                continue
            inner = self.nested(template, each.logical_id.removeprefix(template.stack.prefix))
            if isinstance(inner, Template):
                yield from self._of(inner)


def _location(parent: Template, resource: Any, properties: Any) -> Path | Unknown:
    """The local file of a nested stack: an asset of the CDK, or a path that is not packaged yet."""
    metadata = resource.get("Metadata") or {}
    text = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
    if text is None:
        text = parent.evaluated(properties.get("TemplateURL", properties.get("Location")))
    if isinstance(text, Unknown):
        return text
    if not isinstance(text, str):
        return Unknown("its location is no path")
    if "://" in text or text.startswith("/"):
        return Unknown(f"`{text[:80]}` stands elsewhere")
    return Path(text) if local_file(parent.path.parent, text) else Unknown(f"`{text[:80]}` is not there")


def refuse_circles(resources: list[Resource]) -> None:
    """Refuse what CloudFormation refuses.

    Raises:
        InputError: resources that refer to each other in a circle, with the first one's line.
    """
    by_id = {each.logical_id: each for each in resources}
    done: set[str] = set()
    for start in by_id:
        trail: list[str] = []
        waiting: list[tuple[str, Iterator[str]]] = []
        if start not in done:
            trail.append(start)
            waiting.append((start, iter(_named(by_id[start].properties))))
        while waiting:
            name, others = waiting[-1]
            following = next((each for each in others if each in by_id and each not in done), None)
            if following is None:
                done.add(name)
                waiting.pop()
                trail.pop()
            elif following in trail:
                circle = [*trail[trail.index(following) :], following]
                raise InputError(
                    f"resources refer to each other in a circle: {' -> '.join(circle)}",
                    where=str(by_id[following].origin),
                    help="give one of them as a resource of its own, such as AWS::EC2::SecurityGroupIngress",
                )
            else:
                trail.append(following)
                waiting.append((following, iter(_named(by_id[following].properties))))


def _named(value: Any) -> list[str]:
    match value:
        case Ref(logical_id=own) | GetAtt(logical_id=own):
            return [own]
        case Join(parts=parts):
            return [own for part in parts for own in _named(part)]
        case dict():
            return [own for each in value.values() for own in _named(each)]
        case list():
            return [own for each in value for own in _named(each)]
        case _:
            return []
