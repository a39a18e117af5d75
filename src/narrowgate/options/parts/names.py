"""Logical ids: CloudFormation's letters and digits, made from the design's names."""

import re

_WORD = re.compile(r"[A-Za-z0-9]+")


def logical_id(*words: str) -> str:
    """One id of several words: `("requester", "subnet-a")` gives `RequesterSubnetA`."""
    return "".join(part[:1].upper() + part[1:] for word in words for part in _WORD.findall(word))
