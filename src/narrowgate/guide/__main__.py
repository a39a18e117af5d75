"""`python -m narrowgate.guide FOLDER [VARIATION]`: write the scenario, or one broken form of it, as a snapshot."""

import argparse
import sys
from pathlib import Path

from narrowgate.guide.broken import VARIATIONS
from narrowgate.guide.estate import build_guide
from narrowgate.guide.folder import write_snapshot


def main(arguments: list[str] | None = None) -> int:
    """Write one snapshot folder, or list the variations; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m narrowgate.guide", description="Write the guide's estate.")
    parser.add_argument("folder", type=Path, nargs="?", help="a folder that does not exist yet")
    parser.add_argument("variation", nargs="?", choices=sorted(VARIATIONS), metavar="variation")
    parser.add_argument("--list", action="store_true", help="list the variations and stop")
    options = parser.parse_args(arguments)
    if options.list or options.folder is None:
        for each in VARIATIONS.values():
            sys.stdout.write(f"{each.id}\n    {each.changed}\n")
        return 0
    if options.folder.exists():
        parser.error(f"{options.folder} exists already")
    guide = build_guide() if options.variation is None else VARIATIONS[options.variation].make().guide
    write_snapshot(guide.estate, options.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
