"""Folders of AWS API responses, as the AWS CLI prints them, read into a `Snapshot`.

`folder.py` finds files and says which call each holds, `operations.py` is the table of calls, `decode.py` turns
bytes into facts, `assemble.py` joins the views of several accounts.
"""

from narrowgate.sources.snapshot.assemble import snapshot_from_responses
from narrowgate.sources.snapshot.folder import load_snapshot
from narrowgate.sources.snapshot.response import Response

__all__ = ["Response", "load_snapshot", "snapshot_from_responses"]
