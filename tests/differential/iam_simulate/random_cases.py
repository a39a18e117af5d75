"""Random policies and requests of common IAM, told to both evaluators with every fact given or absent."""

import random
from typing import Any

OWNER, OTHER = "111122223333", "444455556666"
API_ARN = f"arn:aws:execute-api:us-east-1:{OWNER}:a1b2c3d4e5"
ALICE = f"arn:aws:iam::{OWNER}:user/alice"
BOB = f"arn:aws:iam::{OTHER}:user/bob"
ROLE = f"arn:aws:iam::{OWNER}:role/Caller"
SESSION = f"arn:aws:sts::{OWNER}:assumed-role/Caller/job1"
FAR_ROLE = f"arn:aws:iam::{OTHER}:role/Far"
FAR_SESSION = f"arn:aws:sts::{OTHER}:assumed-role/Far/job2"

VALUES: dict[str, list[str]] = {
    "aws:SourceVpce": ["vpce-0a", "vpce-0b", "vpce-1c"],
    "aws:SourceVpc": ["vpc-0a", "vpc-0b"],
    "aws:VpcSourceIp": ["10.1.0.5", "10.2.9.9", "2001:db8::7"],
    "aws:UserAgent": ["curl/8", "Curl/8", "python"],
    "aws:PrincipalOrgID": ["o-home", "o-else"],
    "aws:CurrentTime": ["2026-03-01T00:00:00Z", "2026-09-01T12:00:00Z"],
    "aws:MultiFactorAuthAge": ["60", "3600"],
    "aws:SecureTransport": ["true", "false"],
    "aws:PrincipalTag/team": ["blue", "red"],
}
SINGLE_STRINGS = [
    "aws:SourceVpce",
    "aws:SourceVpc",
    "aws:UserAgent",
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/team",
]
STRING_OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
]
DATE_OPERATORS = ["DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThanEquals"]
NUMERIC_OPERATORS = ["NumericLessThan", "NumericGreaterThan", "NumericEquals", "NumericNotEquals"]
RESOURCES = [
    "*",
    f"{API_ARN}/*",
    f"{API_ARN}/prod/*",
    f"{API_ARN}/prod/GET/*",
    f"{API_ARN}/*/GET/pets/?",
    f"{API_ARN}/prod/POST/*",
    f"{API_ARN}/*/pets*",
    "arn:aws:execute-api:*:*:*",
    f"arn:aws:execute-api:eu-west-1:{OWNER}:*",
    f"{API_ARN}/prod/GET/houses/${{aws:PrincipalTag/team}}/*",
]
ACTIONS = [
    "execute-api:Invoke",
    "execute-api:*",
    "*",
    "execute-api:Inv*",
    "execute-api:InvalidateCache",
    "EXECUTE-API:invoke",
]
PRINCIPALS: list[Any] = [
    "*",
    "*",
    {"AWS": "*"},
    {"AWS": OWNER},
    {"AWS": f"arn:aws:iam::{OTHER}:root"},
    {"AWS": ALICE},
    {"AWS": [BOB, ROLE]},
    {"AWS": SESSION},
    {"AWS": FAR_ROLE},
    {"Service": "events.amazonaws.com"},
]
CALLERS = [None, ALICE, BOB, SESSION, FAR_SESSION]


class Case:
    """One request with its policies, in the words of both evaluators."""

    def __init__(self, number: int, rng: random.Random) -> None:
        self.number = number
        self.caller = rng.choice(CALLERS)
        self.method = rng.choice(["GET", "POST"])
        self.path = rng.choice(["/pets/1", "/pets", "/houses/blue/x", "/a", "/a/pets/toys"])
        self.given = self._context(rng)
        self.policies: dict[str, Any] = {"resource_policy": document(rng, principals=True)}
        if rng.random() < 0.3:
            self.policies["endpoint_policy"] = document(rng, principals="*", allow=0.85)
        if self.caller is not None:
            self._identity_side(rng)

    def _context(self, rng: random.Random) -> dict[str, str]:
        given = {key: rng.choice(values) for key, values in VALUES.items() if rng.random() < 0.75}
        if self.caller is None:
            given = {
                key: value for key, value in given.items() if "Principal" not in key and "MultiFactor" not in key
            }
        else:
            account = self.caller.split(":")[4]
            role = self.caller.split("/")[1]
            given["aws:PrincipalArn"] = (
                self.caller if ":user/" in self.caller else f"arn:aws:iam::{account}:role/{role}"
            )
            given["aws:PrincipalAccount"] = account
        return given

    def _identity_side(self, rng: random.Random) -> None:
        if rng.random() < 0.75:
            self.policies["identity_policies"] = [document(rng) for _ in range(rng.randint(1, 2))]
        if rng.random() < 0.25:
            self.policies["scp"] = [document(rng, allow=0.85) for _ in range(rng.randint(1, 2))]
        if rng.random() < 0.2:
            self.policies["permissions_boundary"] = document(rng, allow=0.85)
        if rng.random() < 0.2 and ":assumed-role/" in (self.caller or ""):
            self.policies["session_policies"] = [document(rng, allow=0.85)]

    @property
    def request(self) -> dict[str, Any]:
        """For `authorize`; whatever is not given is absent."""
        signed = self.caller is not None
        body: dict[str, Any] = {
            "schema": "narrowgate.authorize-request/1",
            "api": {"id": "a1b2c3d4e5", "account": OWNER, "region": "us-east-1"},
            "stage": "prod",
            "method": self.method,
            "path": self.path,
            "authorization_type": "AWS_IAM" if signed else "NONE",
            "authorization_header": "sigv4_valid" if signed else "none",
            "context": self.given,
            "absent": [
                key for key in [*VALUES, "aws:PrincipalArn", "aws:PrincipalAccount"] if key not in self.given
            ],
            "policies": self.policies,
        }
        if self.caller is not None:
            body["principal"] = {"arn": self.caller, "account": self.caller.split(":")[4]}
        return body

    @property
    def simulation(self) -> dict[str, Any]:
        """For the simulator."""
        named = [{"name": f"p{n}", "policy": p} for n, p in enumerate(self.policies.get("identity_policies", []))]
        levels = self.policies.get("scp")
        body: dict[str, Any] = {
            "request": {
                "principal": self.caller,
                "action": "execute-api:Invoke",
                "resource": {
                    "resource": f"{API_ARN}/prod/{self.method}{self.path}",
                    "accountId": OWNER,
                },
                "contextVariables": self.given,
            },
            "identityPolicies": named,
            "serviceControlPolicies": [
                {"orgIdentifier": f"ou-{n}", "policies": [{"name": "s", "policy": p}]}
                for n, p in enumerate(levels or [])
            ],
            "resourceControlPolicies": [],
            "resourcePolicy": self.policies["resource_policy"],
        }
        for ours, theirs in (
            ("permissions_boundary", "permissionBoundaryPolicies"),
            ("endpoint_policy", "vpcEndpointPolicies"),
        ):
            if ours in self.policies:
                body[theirs] = [{"name": "b", "policy": self.policies[ours]}]
        if "session_policies" in self.policies:
            body["sessionPolicy"] = self.policies["session_policies"][0]
        return body


def document(rng: random.Random, *, principals: bool | str = False, allow: float = 0.7) -> dict[str, Any]:
    """A random policy with one to three statements; mostly of the version that has variables."""
    version = "2012-10-17" if rng.random() < 0.9 else "2008-10-17"
    statements = [statement(rng, principals=principals, allow=allow) for _ in range(rng.randint(1, 3))]
    return {"Version": version, "Statement": statements}


def statement(rng: random.Random, *, principals: bool | str, allow: float) -> dict[str, Any]:
    """A random statement."""
    body: dict[str, Any] = {"Effect": "Allow" if rng.random() < allow else "Deny"}
    if principals == "*":
        body["Principal"] = "*"  # the simulator takes no other principal in an endpoint policy
    elif principals:
        name = "NotPrincipal" if rng.random() < 0.03 and body["Effect"] == "Deny" else "Principal"
        body[name] = rng.choice(PRINCIPALS) if name == "Principal" else {"AWS": [ALICE, OWNER]}
    body["NotAction" if rng.random() < 0.06 else "Action"] = rng.choice([*ACTIONS[:4], *ACTIONS])
    body["NotResource" if rng.random() < 0.06 else "Resource"] = (
        rng.choice(RESOURCES) if rng.random() < 0.6 else rng.sample(RESOURCES, 2)
    )
    conditions: dict[str, dict[str, Any]] = {}
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        operator, key, values = condition(rng)
        conditions.setdefault(operator, {})[key] = values
    if conditions:
        body["Condition"] = conditions
    return body


def condition(rng: random.Random) -> tuple[str, str, Any]:
    """A random condition on a key that fits its operator."""
    suffix = "IfExists" if rng.random() < 0.2 else ""
    kind = rng.random()
    if kind < 0.55:
        key = rng.choice(SINGLE_STRINGS)
        operator = rng.choice(STRING_OPERATORS)
        pool = [*VALUES[key], VALUES[key][0][:4] + "*", VALUES[key][0].upper(), "*", "${aws:PrincipalTag/team}"]
        values = rng.sample(pool, rng.randint(1, 2))
        key = key if rng.random() < 0.8 else key.upper() if "/" not in key else key
        return operator + suffix, key, values if len(values) > 1 else values[0]
    if kind < 0.68:
        operator = rng.choice(["IpAddress", "NotIpAddress"])
        return (
            operator + suffix,
            "aws:VpcSourceIp",
            rng.choice(["10.1.0.0/16", ["10.0.0.0/8", "2001:db8::/32"], "10.2.9.9"]),
        )
    if kind < 0.76:
        return (
            rng.choice(DATE_OPERATORS) + suffix,
            "aws:CurrentTime",
            rng.choice(["2026-06-01T00:00:00Z", "2026-03-01T00:00:00Z"]),
        )
    if kind < 0.83:
        return (
            rng.choice(NUMERIC_OPERATORS) + suffix,
            "aws:MultiFactorAuthAge",
            rng.choice(["60", "300", "3600.0"]),
        )
    if kind < 0.89:
        return "Bool" + suffix, "aws:SecureTransport", rng.choice(["true", "false"])
    if kind < 0.95:
        operator = rng.choice(["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"])
        return (
            operator + suffix,
            "aws:PrincipalArn",
            rng.choice([ROLE, f"arn:aws:iam::{OWNER}:*", "arn:aws:iam::*:user/*", ALICE]),
        )
    return "Null", rng.choice(list(VALUES)), rng.choice(["true", "false"])
