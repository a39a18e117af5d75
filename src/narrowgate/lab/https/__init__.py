"""API Gateway's side of an execute-api endpoint: certificates, which API is meant, policies, signatures, answers.

Written from the rule book anew and as plainly as can be, on the real address and headers of each request: the
engine's TLS, HTTP and policy layers are judged by it.
"""
