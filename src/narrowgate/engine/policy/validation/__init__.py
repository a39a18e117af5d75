"""Remarks about a policy document, without any request: what can never match, what lets too many in.

Start at `validate.py`. Each check is one function over a `View` (`view.py`) and stands in the list of its family:
`elements.py` (principals, actions, resources), `conditions.py`, `whole.py` (the document as a whole).
"""
