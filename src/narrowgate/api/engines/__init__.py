"""The engines of `deploy`: what `engine.py` asks of each, Terraform, and CloudFormation.

Each knows how a plan's resources are made, asked for again and taken away; whether they may be, and what holds
afterwards, is judged in `api/deploying.py` for all alike.
"""
