"""CloudFormation by boto3: one stack by change sets, and the commands for what no template makes.

Nothing here knows a design: `api/engines/cloudformation.py` says which stack is deployed when, with which values.
botocore's errors pass through; they become sentences there.
"""
