"""Adapters in: each reads one form of an estate and ends in the same `Snapshot`; none of them evaluates.

Start at `snapshot/` (folders of AWS API responses).
"""
