"""The guide's scenario as data: what AWS would answer about it, in its working form and broken in named ways.

`aws/` makes responses in AWS's own shapes for any estate (`Estate`), `estate.py` builds the scenario, `broken.py`
changes one thing at a time and says what must come of it, `folder.py` writes an estate as a snapshot folder. All
but `folder.py` is pure. Nothing here evaluates anything: start reading at `estate.py`.
"""
