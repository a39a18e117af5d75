"""How API Gateway understands a request: which API, which stage, which method; before any policy is asked.

`url.py` reads what the caller typed, `names.py` the forms of an API's names, `identify.py` finds the API,
`deployment.py` the stage and method.
"""
