"""The answers that API Gateway gives itself, word for word (api-gateway rules, section 5)."""

from narrowgate.model.trace import HttpAnswer

# ERR-01: the API, stage, domain or key was not accepted; nothing is logged for any API.
FORBIDDEN = HttpAnswer(status=403, error_type="ForbiddenException", body='{"message":"Forbidden"}')
# ERR-05: no such method in the deployed stage, or an unsigned call of an AWS_IAM method.
MISSING_TOKEN = HttpAnswer(
    status=403,
    error_type="MissingAuthenticationTokenException",
    body='{"message":"Missing Authentication Token"}',
)
# ERR-15: LIM-01's 8192 characters of a private URL.
URI_TOO_LONG = HttpAnswer(status=414, error_type=None, body='{"message":"Request URI too long"}')
# ERR-16: a limit of the account, stage, method or usage plan.
TOO_MANY_REQUESTS = HttpAnswer(
    status=429, error_type="TooManyRequestsException", body='{"message":"Too Many Requests"}'
)
# The call passes on to the integration; its body is not ours to know.
PASSED_ON = HttpAnswer(status=200)
