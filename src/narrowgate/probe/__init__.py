"""One file that calls a private API from where it stands, and tells step by step how far it came.

`requester.py` runs anywhere with Python 3.8 and needs nothing of narrowgate: it imports the standard library
alone.
"""
