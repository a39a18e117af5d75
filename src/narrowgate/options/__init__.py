"""The ways to connect: one module each, from a design to the resources that it would add.

An option never says that it works: the engine says so, on its resources. `option.py` is the interface,
`registry.py` the list, and each module an option named like it. What options share is under `parts/` (networks,
links, endpoints, APIs, policies, logs). `compare/` asks the engine about each option and ranks the answers. All of
it is pure.
"""
