"""The transforms of a template: SAM is applied, language extensions are read, unknown macros are refused."""

from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import Tree

_SAM = "AWS::Serverless-2016-10-31"
_READ = frozenset({"AWS::LanguageExtensions"})
_WITHOUT_EFFECT = frozenset(
    {"AWS::CodeDeployBlueGreen", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"}
)


def transformed(tree: Tree, file: str, warnings: list[str]) -> Tree:
    """The template after its transforms.

    Raises:
        InputError: a macro that only AWS can run, or SAM without its translator.
    """
    given = tree.get("Transform", [])
    names = given if isinstance(given, list) else [given]
    for each in names:
        name = each.get("Name") if isinstance(each, dict) else each
        if name in _READ:
            continue
        if name == _SAM:
            from narrowgate.sources.cloudformation.sam import translate

            tree = translate(tree, file, warnings)
        elif name in _WITHOUT_EFFECT:
            warnings.append(f"{file}: the transform {name} changes nothing that an answer depends on")
        else:
            _refuse(file, tree.line_of("Transform"), str(name))
    resources = tree.get("Resources")
    if isinstance(resources, dict) and "Fn::Transform" in resources:
        inner: Any = resources["Fn::Transform"]
        line = resources.line_of("Fn::Transform") if isinstance(resources, Tree) else 0
        _refuse(file, line, str(inner.get("Name") if isinstance(inner, dict) else inner))
    if names == [] and _has_serverless(resources):
        raise InputError(
            "has SAM resources and no `Transform`", where=file, help=f"add `Transform: {_SAM}` at the top"
        )
    return tree


def _has_serverless(resources: Any) -> bool:
    return isinstance(resources, dict) and any(
        isinstance(each, dict) and str(each.get("Type", "")).startswith("AWS::Serverless::")
        for each in resources.values()
    )


def _refuse(file: str, line: int, name: str) -> None:
    raise InputError(
        f"the transform `{name[:80]}` rewrites the template, and only AWS can run it",
        where=f"{file}:{line}" if line else file,
        help="give the processed template: `aws cloudformation get-template --template-stage Processed`",
    )
