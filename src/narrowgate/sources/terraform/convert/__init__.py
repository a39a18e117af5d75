"""AWS resources of the Terraform provider into CloudFormation's vocabulary, one module for each service.

`registry.py` says which function converts which type; a new type is one line there. A converter reads arguments
through `Given` and gives resources; what AWS or the provider adds where an argument is missing, and CloudFormation
does not, is stated outright.
"""
