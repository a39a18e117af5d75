"""Terraform: a module for each account and Region, and a root with their providers.

`types.py` and its neighbours say what each resource type becomes, `fold.py` makes one block with `for_each` of
resources that differ in values only, `module.py` and `root.py` lay the files out, and `hcl.py` writes them as
`terraform fmt` would.
"""
