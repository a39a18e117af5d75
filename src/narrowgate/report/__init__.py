"""Answers as text and JSON. Nothing here evaluates; sentences come from the answers' own steps and reasons.

`trace.py`, `reach.py` and `resolve.py` render one verb each, `steps.py` the lines that they share.
"""
