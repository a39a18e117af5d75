"""Deployments through the engines that people have: Terraform's binary, CloudFormation's change sets.

narrowgate writes no apply engine of its own. `terraform.py` and `change_sets.py` drive those two, `embedded/` is
an AWS on this machine to try a design on. What is verified before and after stands in `api/deploying.py`.
"""
