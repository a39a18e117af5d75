"""Code and instructions out of a design: Terraform, CloudFormation, and a runbook for hands.

All three say the same: they translate the one list of resources that the engine has judged. `plan.py` prepares the
list (what is there already, who owns what, what crosses from one account or Region to another), `terraform/`,
`cloudformation/` and `runbook/` write it down, and `files.py` puts files beside those of the user. Nothing here
decides what a design needs; that is `options`.
"""
