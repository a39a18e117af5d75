"""Everything that a VPC can resolve, reach and invoke, as complete lists; pure, no I/O.

Nothing is sampled. Names, addresses, ports and callers are cut into cells that no rule of the estate tells apart,
each cell is judged by the engine, and equal neighbours are merged again. Start at `exposure.py`; `names`,
`sockets` and `apis` hold one list each, `inverse.py` turns the question round, `compare.py` holds two lists side
by side.
"""
