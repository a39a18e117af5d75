"""Live accounts: read-only AWS calls, kept on disk as a snapshot folder or read straight into a `Snapshot`.

`calls.py` is the one reviewed table of what may be asked; the IAM policy (`permissions.py`) comes of it.
`accounts.py` says which accounts and Regions, `asking.py` makes one call with all its pages, `run.py` orders the
calls, `folder.py` keeps the answers so that a run that was killed can be continued, and `secret.py` takes out what
must not be kept. boto3 is an extra (`aws`) and imported where it is needed.
"""
