"""Audit rules: defects that an estate shows whether or not somebody asks for a call that meets them.

Each rule is one module in `rules/`, listed in `registry.py`, with a page of the same name in `docs/audit/` whose
bad and good example the tests run. `run.py` asks them all; nothing here does I/O.
"""
