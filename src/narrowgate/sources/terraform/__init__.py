"""Terraform as a source: what `terraform show -json` says of a plan or a state, and the `.tf` files beside it.

`document.py` reads the JSON, `instances.py` lists what it holds, `linking.py` finds what a value that is known
only after apply will be, by the configuration's references and, better, by the text (`hcl/`, `text.py`).
`convert/` puts each AWS resource into CloudFormation's vocabulary; `load.py` joins all of it into a snapshot.
Start there.
"""
