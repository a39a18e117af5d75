"""The guide's scenario as data: what AWS would answer about it, in its working form and broken in named ways.

`estate.py` builds the scenario with the builders of `sources/synthetic`, `broken/` changes one thing at a time and
says what must come of it, `folder.py` writes an estate as a snapshot folder. All but `folder.py` is pure. Nothing
here evaluates anything: start reading at `estate.py`.
"""
