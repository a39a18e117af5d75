"""What stands behind an API in a lab: a person's own function or web server, named when the lab is started.

`mapping.py` reads what was named, `dispatch.py` chooses and calls it; `function.py` and `worker.py` run a Python
handler, `backend.py` and `relay.py` reach a web server on this machine's loopback. What nobody named answers as a
mock does (`mock.py`). Nothing here knows of policies: a call that comes here was admitted.
"""
