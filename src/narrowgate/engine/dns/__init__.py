"""What a name resolves to for one client: first hop, view of the receiving VPC, zones, forwards, firewall.

Nothing here says whether the client reaches the answer: lookup and reachability are two results (DNS-09, DNS-11).
Start at `resolve.py` (one client's question), then `resolver.py` (one VPC's resolver) and `view.py` (what it
sees).
"""
