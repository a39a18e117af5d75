"""Facts, questions and answers as frozen values; nothing here does I/O, reads a clock or decides anything.

AWS resources keep AWS's own names in snake_case (`VpcEndpoint.private_dns_enabled`). Start at `snapshot.py`
for what an estate is, at `answer.py` for what an answer is.
"""
