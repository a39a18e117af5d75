"""Sockets that the hosts of a VPC can open: who could send, to what, on which ports. Start at `sockets.py`."""
