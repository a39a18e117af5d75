"""An AWS on this machine: moto's server in a process of its own, on loopback, gone with whoever started it.

It records what it is told and judges nothing: that something applies here is no evidence that it works. `bridge/`
mends what moto gets wrong and our designs need, each defect by name; `server.py` is the process, `start.py` starts
it, and `existing.py` makes what a design says is there already. The engine knows none of this.
"""
