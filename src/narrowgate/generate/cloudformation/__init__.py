"""CloudFormation: a template for each account and Region, and the order in which they are deployed.

Stacks of different accounts or Regions cannot import each other's exports, and some resources need each other's
policies. So a template may be deployed in several rounds: `rounds.py` finds out which resource can be made when,
`template.py` writes conditions for it, and `steps.py` the commands, with what CloudFormation has no resource for.
"""
