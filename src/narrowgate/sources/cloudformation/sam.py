"""SAM templates, translated by AWS's own translator (the `sam` extra) without asking AWS for anything."""

import copy
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.sources.cloudformation.decode import Tree


def translate(tree: Tree, file: str, warnings: list[str]) -> Tree:
    """The CloudFormation template that a SAM template stands for.

    Raises:
        InputError: the translator is not installed, or it refuses the template.
    """
    try:
        from samtranslator.model.exceptions import InvalidDocumentException
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.translator import Translator
    except ImportError:
        raise InputError(
            "is a SAM template, and its translator is not installed",
            where=file,
            help="pip install 'narrowgate[sam]'",
        ) from None
    import logging
    import os

    # After a refusal the translator says on stderr that nobody published its metrics.
    logging.getLogger("samtranslator.metrics").setLevel(logging.ERROR)
    lines = _lines(tree)
    document = copy.deepcopy(_plain(tree))
    _pack(document)
    # The translator asks boto3 for a Region, which need not be the stack's: ARNs are written with `AWS::Region`.
    told = os.environ.get("AWS_DEFAULT_REGION")
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    try:
        result = Translator({}, Parser()).translate(document, {})
    except InvalidDocumentException as error:
        causes = "; ".join(" ".join(str(each.message).split()) for each in error.causes) or str(error)
        raise InputError(f"SAM refuses it: {causes[:400]}", where=file) from None
    except Exception as error:
        raise InputError(f"SAM cannot translate it: {' '.join(str(error).split())[:300]}", where=file) from None
    finally:
        if told is None:
            os.environ.pop("AWS_DEFAULT_REGION", None)
    return _with_lines(result, lines)


_PACKED = ("CodeUri", "ContentUri", "DefinitionUri")
_ELSEWHERE = "s3://not-packaged-yet/artifact"


def _pack(document: dict[str, Any]) -> None:
    """Put a bucket in place of local paths, as `sam package` does: no answer depends on a function's code."""
    sections = document.get("Globals"), document.get("Resources")
    for section in sections:
        for each in section.values() if isinstance(section, dict) else ():
            properties = each.get("Properties", each) if isinstance(each, dict) else None
            if not isinstance(properties, dict):
                continue
            for name in _PACKED:
                if isinstance(properties.get(name), str) and not properties[name].startswith("s3://"):
                    properties[name] = _ELSEWHERE
            if properties.get("PackageType") == "Image":
                properties.setdefault("ImageUri", "not-packaged-yet")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _lines(tree: Tree) -> dict[str, int]:
    resources = tree.get("Resources")
    return {name: resources.line_of(name) for name in resources} if isinstance(resources, Tree) else {}


def _with_lines(value: dict[str, Any], lines: dict[str, int]) -> Tree:
    """The translated template as a tree; what SAM makes of a resource keeps that resource's line."""
    tree: Tree = _tree(value)
    resources = tree.get("Resources")
    if isinstance(resources, Tree):
        for name in resources:
            source = max((each for each in lines if name.startswith(each)), key=len, default="")
            resources.lines[name] = lines.get(source, 0)
    return tree


def _tree(value: Any) -> Any:
    if isinstance(value, dict):
        tree = Tree()
        for key, each in value.items():
            tree[str(key)] = _tree(each)
        return tree
    return [_tree(each) for each in value] if isinstance(value, list) else value
