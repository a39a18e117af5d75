"""The smallest design that a deployment makes something of: two networks that nothing joins yet, and one API."""

SMALL = """\
region: us-east-1
via: alias
logs: {enabled: false}
vpcs:
  requester: {cidr: 10.1.0.0/16, azs: [a]}
  api: {cidr: 10.0.0.0/16, azs: [a]}
apis:
  orders: {vpc: api, routes: [GET /orders]}
consumers:
  web: {vpc: requester, may_call: [orders]}
"""
