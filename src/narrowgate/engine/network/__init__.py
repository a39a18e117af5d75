"""Whether a packet gets there and back: interfaces, security groups, network ACLs, routes, gateways, endpoints.

Start at `path.py` (one sender, one address, RCH-01) and at `reach.py` (every client host, every target address).
Each other module is one AWS noun: it compiles that noun's facts once a snapshot and returns steps.
"""
