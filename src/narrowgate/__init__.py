"""narrowgate: open one private API to one VPC, and nothing else.

The package answers whether a client in one VPC reaches a private API in another, by which name, along which
path, and if not, which fact decides. Start reading at `narrowgate.api` (the use cases) and
`narrowgate.engine.trace` (the answer, hop by hop).
"""

__version__ = "0.1.0"
