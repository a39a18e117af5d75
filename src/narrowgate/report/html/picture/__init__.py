"""The picture of an estate: accounts, Regions, VPCs, subnets, endpoints, links, and the way of a call through it.

`scene.py` says what a picture holds, `gather.py` takes it from a snapshot, `layout.py` gives everything a place,
`svg.py` draws it; `anchors.py` and `way.py` lay a call's hops over it. Nothing here judges: colours come from the
answers' verdicts.
"""
