"""Terraform's language as far as reading needs it: text into blocks and expressions, with lines.

`scan.py` makes tokens, `parse.py` blocks and expressions (`syntax.py`), `functions.py` the functions whose results
are computed here. What is not understood becomes `Unsupported`, and what depends on it stays unknown.
"""
