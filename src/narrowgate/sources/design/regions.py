"""Regions and the letters of their Availability Zones, to catch a typing error before anything is built.

The list is of the commercial Regions as of 2026-11. Which letters an account sees can differ: letters are an
account's own names for zones (SHR-01), so one that is listed here may still be missing in an account.
"""

import difflib

from narrowgate.sources.design.text import Value

AZ_LETTERS: dict[str, str] = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-east-2": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-south-2": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ap-southeast-5": "abc",
    "ap-southeast-7": "abc",
    "ca-central-1": "abd",
    "ca-west-1": "abc",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "mx-central-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-west-1": "abc",
    "us-west-2": "abcd",
}


def read_region(value: Value) -> str:
    """A Region that exists."""
    text = value.text()
    if text not in AZ_LETTERS:
        near = difflib.get_close_matches(text, AZ_LETTERS, n=2, cutoff=0.5)
        names = " or ".join(f"`{each}`" for each in near)
        value.fail(f"unknown Region `{text[:40]}`", f"did you mean {names}?" if near else "such as `us-east-1`")
    return text
