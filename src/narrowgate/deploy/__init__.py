"""Deployments through the engine that people have: Terraform's binary.

narrowgate writes no apply engine of its own. `terraform.py` drives Terraform; `embedded/` is an AWS to try on.
What is verified before and after stands in `api/deploying.py`.
"""
