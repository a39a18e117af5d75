"""Proofs over all requests: is every request that one set of policies admits admitted by another?

Every dimension of a request (caller, resource, each condition key) is cut into the cells that the policies can
tell apart, each with a value that stands for it (`words.py`, `cells.py`, `callers.py`). A statement is then a box
of cells, and inclusion a search for a point in one union of boxes and outside another (`boxes.py`). Start at
`inclusion.py`.
"""
