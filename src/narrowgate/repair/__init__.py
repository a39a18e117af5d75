"""The smallest change that mends a call: typed repairs, searched, each verified by the engine on changed facts.

`goal.py` says what has to hold, `propose/` what could mend a cause (one module a layer), `search.py` finds the
smallest set after which every goal holds. `change.py` is what a repair is: edits of facts, and the same as AWS CLI
commands. Nothing here does I/O.
"""
