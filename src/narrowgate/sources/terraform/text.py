"""The `.tf` and `.tf.json` files beside a plan: blocks by module, with file and line.

A plan's JSON has no lines, no locals, and no text of `jsonencode`; the files have all three. A file that is not
understood is set aside with a warning; what it says then stays unknown.
"""

import json
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from narrowgate.model.resource import Origin
from narrowgate.sources.terraform.hcl.parse import parse
from narrowgate.sources.terraform.hcl.scan import SyntaxProblem
from narrowgate.sources.terraform.hcl.syntax import Attribute, Block, Expression, GetAttr, Literal, Variable
from narrowgate.sources.terraform.stated import STATED

_MODES = {"resource": "managed", "data": "data"}


class ModuleText:
    """The blocks of one module's folder."""

    def __init__(self, folder: Path, label: str, warnings: list[str]) -> None:
        """`label` is the folder as messages name it; what cannot be read is added to `warnings`."""
        self.folder = folder
        self.blocks = tuple(_blocks(folder, label, warnings))

    @cached_property
    def resources(self) -> dict[tuple[str, str, str], Block]:
        """`resource` and `data` blocks by mode, type and name."""
        return {
            (_MODES[each.type], each.labels[0], each.labels[1]): each
            for each in self.blocks
            if each.type in _MODES and len(each.labels) == 2
        }

    @cached_property
    def locals(self) -> dict[str, Attribute]:
        """Every local value."""
        found: dict[str, Attribute] = {}
        for each in self._of("locals"):
            found |= each.body.attributes
        return found

    def named(self, kind: str, name: str) -> Block | None:
        """The `variable`, `output` or `module` block of a name."""
        return self._named.get((kind, name))

    @cached_property
    def _named(self) -> dict[tuple[str, str], Block]:
        return {(each.type, each.labels[0]): each for each in self.blocks if len(each.labels) == 1}

    def _of(self, kind: str) -> Iterator[Block]:
        return (each for each in self.blocks if each.type == kind)


class Texts:
    """The text of a root module and of the modules below it, as far as their folders are there."""

    def __init__(self, folder: Path, label: str = "") -> None:
        """Read the root module; the others when they are asked for."""
        self.warnings: list[str] = []
        self._label = label or str(folder)
        self._folder = folder
        self._modules: dict[tuple[str, ...], ModuleText | None] = {
            (): ModuleText(folder, self._label, self.warnings)
        }

    @property
    def root(self) -> ModuleText:
        """The root module."""
        found = self._modules[()]
        assert found is not None  # noqa: S101
        return found

    @cached_property
    def values(self) -> dict[str, Expression | str]:
        """Root variables: of the environment, `terraform.tfvars`, `*.auto.tfvars`, and as the user states them."""
        found: dict[str, Expression | str] = {
            name.removeprefix("TF_VAR_"): value for name, value in os.environ.items() if name.startswith("TF_VAR_")
        }
        for path in (self._folder / "terraform.tfvars", *sorted(self._folder.glob("*.auto.tfvars"))):
            try:
                body = parse(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else None
            except (SyntaxProblem, OSError, UnicodeDecodeError):
                self.warnings.append(f"{path}: set aside, it is not understood")
                continue
            found |= {name: each.value for name, each in body.attributes.items()} if body else {}
        stated = STATED.get().variables
        return found | {name: each if isinstance(each, str) else Literal(each) for name, each in stated.items()}

    def module(self, path: tuple[str, ...]) -> ModuleText | None:
        """The text of a module by the names of the calls that lead to it; None where its folder is not there."""
        if path not in self._modules:
            self._modules[path] = self._find(path)
        return self._modules[path]

    def block(self, path: Iterable[str], mode: str, kind: str, name: str) -> Block | None:
        """The block of a resource or data source."""
        module = self.module(tuple(path))
        return module.resources.get((mode, kind, name)) if module else None

    def origin(self, path: Iterable[str], mode: str, kind: str, name: str, address: str) -> Origin | None:
        """Where it is written."""
        block = self.block(path, mode, kind, name)
        return Origin(file=block.file, line=block.line, address=address) if block else None

    def provider(self, path: Iterable[str], block: Block | None) -> str:
        """The key of the provider that a block works with, as the root module names it: `aws`, `aws.alias`."""
        names = tuple(path)
        written = block.body.attributes.get("provider") if block else None
        key = _dotted(written.value) if written else "aws"
        while names:
            parent = self.module(names[:-1])
            call = parent.named("module", names[-1]) if parent else None
            given = call.body.attributes.get("providers") if call else None
            passed = {_dotted(k): _dotted(v) for k, v in getattr(given.value, "items", ())} if given else {}
            if key not in passed and "." in key:
                return f"{'.'.join(names)}:{key}"
            key = passed.get(key, key)
            names = names[:-1]
        return key

    def provider_block(self, key: str) -> Block | None:
        """The `provider` block of the root module behind a key."""
        _, _, alias = key.partition(".")
        for each in self.root.blocks:
            if each.type == "provider" and each.labels == ("aws",):
                written = each.body.attributes.get("alias")
                if (_dotted(written.value) if written else "") == alias:
                    return each
        return None

    def _find(self, path: tuple[str, ...]) -> ModuleText | None:
        folder = self._installed.get(".".join(path))
        if folder is None:
            parent = self.module(path[:-1])
            call = parent.named("module", path[-1]) if parent else None
            source = call.body.attributes.get("source") if call else None
            written = getattr(source.value, "value", None) if source else None
            if parent is None or not isinstance(written, str) or not written.startswith(("./", "../")):
                return None
            folder = parent.folder / written
        if not folder.is_dir():
            return None
        return ModuleText(folder, _label(folder, self._folder, self._label), self.warnings)

    @cached_property
    def _installed(self) -> dict[str, Path]:
        """Where `terraform init` put each module."""
        try:
            manifest = json.loads((self._folder / ".terraform/modules/modules.json").read_bytes())
            return {each["Key"]: self._folder / each["Dir"] for each in manifest["Modules"] if each["Key"]}
        except (OSError, ValueError, KeyError, TypeError):
            return {}


def _dotted(expression: Expression) -> str:
    """A name such as `aws.spoke`, as text."""
    match expression:
        case Variable(name=name):
            return name
        case GetAttr(of=of, name=name):
            return f"{_dotted(of)}.{name}"
        case Literal(value=value):
            return str(value)
    return ""


def _label(folder: Path, root: Path, label: str) -> str:
    try:
        inside = folder.resolve().relative_to(root.resolve())
    except ValueError:
        return str(folder)
    return str(Path(label) / inside)


def files_of(folder: Path) -> list[Path]:
    """The files of a module, in Terraform's language and in its JSON syntax."""
    return sorted([*folder.glob("*.tf"), *folder.glob("*.tf.json")])


def _blocks(folder: Path, label: str, warnings: list[str]) -> Iterator[Block]:
    for path in files_of(folder):
        name = str(Path(label) / path.name)
        try:
            if path.suffix == ".json":
                from narrowgate.sources.terraform.hcl.json_syntax import parse_json

                yield from parse_json(path.read_bytes(), name)
            else:
                yield from parse(path.read_text(encoding="utf-8"), name).blocks
        except SyntaxProblem as problem:
            warnings.append(f"{name}:{problem.line}: set aside, it is not understood: {problem}")
        except (OSError, UnicodeDecodeError, RecursionError):
            warnings.append(f"{name}: set aside, it cannot be read")
