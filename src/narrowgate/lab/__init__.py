"""An estate as real packets on this machine: namespaces, routes, packet filters, DNS and TLS servers.

`plan/` turns facts into hosts, links, routes and filters (pure data); `kernel/` builds them with rtnetlink and nft
in a user namespace of its own; `dns/` and `https/` answer as Route 53 Resolver and API Gateway do; `process.py`
owns a running lab. Nothing here imports the engine: the lab is its judge.
"""
