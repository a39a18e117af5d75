"""What is wrong with a policy document before any request is made, worded as IAM Access Analyzer words it.

`validate.py` is the entry; `documents.py`, `statements.py` and `conditions.py` hold one function a check, each
with its code and the rule of the rule book behind it.
"""
