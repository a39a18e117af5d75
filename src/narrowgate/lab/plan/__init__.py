"""A lab as data: who stands where, what joins what, which filters guard it. No I/O: most tests need no kernel.

`types.py` says what a plan is, `build.py` makes one from a snapshot.
"""
