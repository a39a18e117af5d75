"""Repairs written into the Terraform or CloudFormation files that the facts came from, as unified diffs.

`node.py` edits a value where it stands, whatever the language; `hcl_nodes.py` and `yaml_nodes.py` make its nodes
of text. `terraform.py` and `template.py` write the parts of a change (`repair.written`) into their files, with the
writers of `generate`. `write.py` joins all of it; start there. What cannot be edited with certainty is said with
its place and the wanted value, never guessed.
"""
