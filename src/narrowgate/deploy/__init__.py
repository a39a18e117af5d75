"""Deployments through the engines that people have: Terraform's binary, and CloudFormation.

narrowgate writes no apply engine of its own. `terraform.py` drives Terraform, `cloudformation/` a stack by its
change sets; `embedded/` is an AWS to try on. What is verified before and after stands in `api/deploying.py`;
the order of stacks in `api/engines/`.
"""
