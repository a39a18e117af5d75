"""Random policies of APIs and endpoints: every element that decides a call, often nearly right."""

from random import Random
from typing import Any

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
RESOURCES = (
    "execute-api:/*",
    "execute-api:/*",
    "execute-api:/*/*/*",
    "execute-api:/prod/*",
    "execute-api:/prod/GET/*",
    "execute-api:/*/GET/orders",
    "execute-api:/prod/*/orders/?",
    "execute-api:/test/POST/orders/*",
)
ACTIONS = (
    "execute-api:Invoke",
    "execute-api:Invoke",
    "execute-api:*",
    "execute-api:inv*",
    "*",
    "execute-api:Get*",
)
USER = "arn:aws:iam::111122223333:user/reader"
SESSION = "arn:aws:sts::444455556666:assumed-role/caller/session-1"
PRINCIPALS = (
    USER,
    SESSION,
    "arn:aws:iam::444455556666:role/caller",
    "111122223333",
    "arn:aws:iam::444455556666:root",
)
SIGNERS = (USER, SESSION, "arn:aws:sts::111122223333:assumed-role/caller/session-2")


class Facts:
    """What conditions of an estate can name."""

    def __init__(self, endpoints: list[str], vpcs: list[str], addresses: list[str], accounts: list[str]) -> None:
        self.endpoints = endpoints
        self.vpcs = vpcs
        self.addresses = addresses
        self.accounts = accounts


class RandomPolicies:
    """Draws policies out of a generator that is shared with the rest of the estate."""

    def __init__(self, random: Random, facts: Facts) -> None:
        self.random = random
        self.facts = facts

    def resource_policy(self) -> dict[str, Any]:
        """The policy of an API: a fence around everybody, or a list of who may; mostly somebody may (POL-06)."""
        draw = self.random.random()
        if draw < 0.4:
            statements = [OPEN | {"Condition": self._conditions()}]
        elif draw < 0.7:
            statements = [OPEN, self._statement("Deny", careless=0.9)]
        else:
            statements = [self._statement("Allow", careless=0.6) for _ in range(self.random.choice((0, 1, 1, 2)))]
            statements += [OPEN] if self._chance(0.3) else []
            statements += [self._statement("Deny", careless=0.9) for _ in range(self.random.choice((0, 1, 2)))]
        self.random.shuffle(statements)
        return {"Version": "2012-10-17", "Statement": statements}

    def endpoint_policy(self, apis: list[str]) -> dict[str, Any] | None:
        """The policy of an endpoint; None is AWS's own, which lets everything pass (VPE-01)."""
        if self._chance(0.5):
            return None
        statements = []
        for effect in self.random.choice((("Allow",), ("Allow",), ("Allow", "Allow"), ("Allow", "Deny"))):
            statement = self._statement(effect, careless=0.2 if effect == "Allow" else 1.0)
            if effect == "Allow" and self._chance(0.4):
                # Whoever may come, comes signed or not: principals alone decide (VPE-03).
                statement.pop("Condition", None)
                named = self.random.sample(PRINCIPALS, k=self.random.choice((1, 2)))
                statement["Principal"] = {"AWS": named if len(named) > 1 else named[0]}
            spelled = [f"arn:aws:execute-api:us-east-1:{self._account()}:{api}/*" for api in apis]
            statement.pop("NotResource", None)
            statement["Resource"] = self.random.choice(("*", "*", "*", spelled[0], spelled, spelled[-1]))
            statements.append(statement)
        return {"Version": "2012-10-17", "Statement": statements}

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _account(self) -> str:
        return self.random.choice(self.facts.accounts)

    def _statement(self, effect: str, *, careless: float) -> dict[str, Any]:
        statement: dict[str, Any] = {"Effect": effect}
        if self._chance(0.75):
            statement["Principal"] = self.random.choice(("*", {"AWS": "*"}))
        else:
            named = self.random.sample(PRINCIPALS, k=self.random.choice((1, 2)))
            field = "NotPrincipal" if effect == "Deny" and self._chance(0.3) else "Principal"
            statement[field] = {"AWS": named if len(named) > 1 else named[0]}
        if self._chance(0.1 * careless):
            statement["NotAction"] = "execute-api:ManageConnections"
        else:
            statement["Action"] = self.random.choice(ACTIONS if self._chance(careless) else ACTIONS[:3])
        resource = self.random.choice(RESOURCES if self._chance(careless) else RESOURCES[:3])
        if effect == "Deny" and resource == RESOURCES[0] and self._chance(0.3):
            resource = RESOURCES[-1]
        statement["Resource"] = [resource, RESOURCES[-1]] if self._chance(0.2) else resource
        if self._chance(0.5 if effect == "Allow" else 0.9):
            statement["Condition"] = self._conditions()
        return statement

    def _conditions(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for _ in range(self.random.choice((1, 1, 2))):
            operator, key, values = self._condition()
            found.setdefault(operator, {})[key] = values if len(values) > 1 else values[0]
        return found

    def _condition(self) -> tuple[str, str, list[str]]:
        """An operator, a key and values; the wrong key and the literal wildcard are people's favourites."""
        draw = self.random.random()
        negated = self._chance(0.3)
        if draw < 0.3:
            endpoints = self._some(self.facts.endpoints)
            if self._chance(0.3):
                kind = self.random.choice(("Like", "Equals"))
                return self._named("String", kind, negated), "aws:sourceVpce", ["vpce-*"]
            return self._named("String", "Equals", negated), "aws:SourceVpce", endpoints
        if draw < 0.5:
            return self._named("String", "Equals", negated), "aws:SourceVpc", self._some(self.facts.vpcs)
        if draw < 0.75:
            key = self.random.choice(("aws:VpcSourceIp", "aws:VpcSourceIp", "aws:SourceIp"))
            blocks = [*self.facts.addresses, "10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "fd00::/8"]
            operator = "NotIpAddress" if negated else "IpAddress"
            return self._with_prefix_or_suffix(operator), key, self._some(blocks)
        if draw < 0.9:
            key = self.random.choice(("aws:PrincipalArn", "aws:PrincipalArn", "aws:PrincipalAccount"))
            pool = self.facts.accounts if key.endswith("Account") else ["arn:aws:iam::*:role/caller", USER]
            words = ("String", "Equals") if key.endswith("Account") else ("Arn", "Like")
            return self._named(*words, negated), key, self._some(pool)
        if draw < 0.95:
            return "Null", self.random.choice(("aws:SourceVpce", "aws:PrincipalArn")), [self._boolean()]
        return "Bool", "aws:SecureTransport", [self._boolean()]

    def _named(self, family: str, kind: str, negated: bool) -> str:
        return self._with_prefix_or_suffix(f"{family}{'Not' if negated else ''}{kind}")

    def _with_prefix_or_suffix(self, operator: str) -> str:
        """Set operators have nothing to do with single values, and are used all the same (POL-13)."""
        draw = self.random.random()
        if draw < 0.2:
            return operator + "IfExists"
        if draw < 0.35:
            return self.random.choice(("ForAnyValue:", "ForAllValues:")) + operator
        return operator

    def _boolean(self) -> str:
        return self.random.choice(("true", "false"))

    def _some(self, pool: list[str]) -> list[str]:
        return self.random.sample(pool, k=min(len(pool), self.random.choice((1, 1, 2))))
