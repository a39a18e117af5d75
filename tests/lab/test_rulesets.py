"""Rulesets too large for one message: loaded in parts, replaced without a gap, refused with their name."""

import subprocess
from collections.abc import Callable

import pytest

from narrowgate.lab.child import in_child
from narrowgate.lab.kernel.nft import Rulesets, find_nft
from narrowgate.lab.kernel.spaces import LabError, Spaces, enter_user_namespace

ENOUGH = 700
"""Chains that are more than the kernel takes at a time from the root of a user namespace."""


def _ruleset(word: str, chains: int = ENOUGH) -> str:
    """A table whose one hook jumps to every chain."""
    names = [f"c{number}" for number in range(chains)]
    lines = [
        f'  chain {each} {{\n    tcp dport 443 log prefix "{word} {each}" group 5 drop\n  }}' for each in names
    ]
    jumps = [f"    jump {each}" for each in names[::20]]
    hook = ["  chain hooked {", "    type filter hook forward priority 0;", *jumps, "  }"]
    return "\n".join(["table inet t {", *lines, *hook, "}"]) + "\n"


def _loaded(*texts: str) -> str:
    """What the kernel has after these were loaded one after the other."""

    def work(tell: Callable[[bytes], None]) -> None:
        enter_user_namespace()
        spaces = Spaces()
        spaces.make("router")
        rulesets = Rulesets(spaces)
        for text in texts:
            rulesets.load("router", "vpc-1", text)
        with spaces.inside("router"):
            tell(subprocess.check_output([find_nft(), "list", "ruleset"]))

    return in_child(work).decode()


def test_a_large_ruleset_is_loaded_whole():
    found = _loaded(_ruleset("FIRST"))
    assert found.count("FIRST") == ENOUGH
    assert found.count("jump") == ENOUGH / 20


def test_a_ruleset_takes_the_place_of_the_one_before_however_large():
    for texts in (
        (_ruleset("FIRST"), _ruleset("SECOND"), _ruleset("THIRD")),
        (_ruleset("A", 3), _ruleset("THIRD", 3)),
    ):
        found = _loaded(*texts)
        assert found.count("table inet") == 1
        assert found.count("hook forward") == 1
        assert "THIRD" in found
        assert not any(each in found for each in ("FIRST", "SECOND", '"A '))


def test_a_ruleset_that_is_refused_is_told_with_its_vpc():
    with pytest.raises(LabError, match="nft refused the rules of vpc-1"):
        _loaded("table inet t {\n  chain c { nonsense; }\n}\n")
