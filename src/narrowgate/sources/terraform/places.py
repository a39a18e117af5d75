"""Which account and Region each provider works in."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from narrowgate.model.errors import InputError
from narrowgate.sources.terraform.definitions import Definitions
from narrowgate.sources.terraform.document import Expressions, Plan, ProviderConfig
from narrowgate.sources.terraform.evaluate import Candidates, Scope
from narrowgate.sources.terraform.hcl.functions import NotComputed
from narrowgate.sources.terraform.hcl.syntax import Body
from narrowgate.sources.terraform.instances import Instance
from narrowgate.sources.terraform.stated import STATED
from narrowgate.sources.terraform.text import Texts

_ARN = re.compile(r"arn:aws[\w-]*:(?P<service>[\w-]*):(?P<region>[\w-]*):(?P<account>\d{12}):")
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_ENDPOINT_SERVICE = re.compile(r"(?:com\.amazonaws|aws\.sagemaker)\.([a-z]{2}(?:-[a-z]+)+-\d)\.")
_CREDENTIALS = (
    "access_key",
    "profile",
    "assume_role",
    "assume_role_with_web_identity",
    "shared_credentials_files",
)


class Places:
    """Accounts and Regions by provider.

    An account is told by `allowed_account_ids`, the role that a provider assumes, `data.aws_caller_identity`, the
    ARNs of what exists already, or the user. One that nothing tells gets a stand-in (`000000000000`), a warning,
    and no decision that hangs on it.
    """

    def __init__(self, plan: Plan, instances: Iterable[Instance], where: str, texts: Texts | None = None) -> None:
        """`where` is the file, for messages; the text's provider blocks win over a plan's."""
        self._texts = texts
        self.warnings: list[str] = []
        self._plan = plan
        self._where = where
        self._by_provider: dict[str, list[Instance]] = {}
        for each in instances:
            self._by_provider.setdefault(each.provider, []).append(each)
        self._known: dict[str, tuple[str, str]] = {}
        self._stand_ins: dict[object, str] = {}
        self._stated_for: object = None
        self._definitions = Definitions(plan)

    def use(self, definitions: Definitions) -> None:
        """Take over what defines variables, for providers that are configured by them."""
        self._definitions = definitions

    def of(self, instance: Instance) -> tuple[str, str]:
        """Account and Region of an instance: its own ARN tells first, then its provider.

        Raises:
            InputError: nothing tells the Region.
        """
        own = self._own(instance)
        if own is not None:
            return own
        if instance.provider not in self._known:
            self._known[instance.provider] = self._settle(instance.provider)
        return self._known[instance.provider]

    def _own(self, instance: Instance) -> tuple[str, str] | None:
        arn = instance.values.get("arn")
        found = _ARN.match(arn) if isinstance(arn, str) else None
        if found is None or not found["region"] or instance.mode == "data":
            return None
        return found["account"], found["region"]

    def _settle(self, provider: str) -> tuple[str, str]:
        block = self._texts.provider_block(provider) if self._texts and ":" not in provider else None
        config = self._plan.configuration.provider_config.get(provider) or ProviderConfig()
        told = _Block(self._definitions, config.expressions, block.body if block else None)
        return self._account(provider, told), self._region(provider, told)

    def _region(self, provider: str, told: "_Block") -> str:
        region = told.value("region")
        if isinstance(region, str) and _REGION.fullmatch(region):
            return region
        seen = Counter(self._regions(provider))
        if seen:
            return seen.most_common(1)[0][0]
        stated = STATED.get().region
        if stated is not None:
            return stated
        raise InputError(
            f"nothing tells the Region of provider `{provider or 'aws'}`",
            where=self._where,
            help="set `region` in its `provider` block, and make the plan again; or name it with --region",
        )

    def _regions(self, provider: str) -> Iterator[str]:
        for each in self._by_provider.get(provider, ()):
            values = each.values
            if each.type == "aws_region" and isinstance(values.get("name"), str):
                yield values["name"]
            zone = values.get("availability_zone")
            if isinstance(zone, str) and _REGION.fullmatch(zone[:-1]):
                yield zone[:-1]
            service = values.get("service_name")
            found = _ENDPOINT_SERVICE.match(service) if isinstance(service, str) else None
            if found:
                yield found[1]
            arn = values.get("arn")
            found = _ARN.match(arn) if isinstance(arn, str) else None
            if found and found["region"]:
                yield found["region"]

    def _account(self, provider: str, told: "_Block") -> str:
        allowed = told.value("allowed_account_ids")
        if isinstance(allowed, list) and len(allowed) == 1 and _ACCOUNT.fullmatch(str(allowed[0])):
            return str(allowed[0])
        role = told.value("role_arn", "assume_role")
        found = re.match(r"arn:aws[\w-]*:iam::(\d{12}):role/", role) if isinstance(role, str) else None
        if found:
            return found[1]
        seen = Counter(self._accounts(provider))
        if seen:
            return seen.most_common(1)[0][0]
        return self._stand_in(provider, told)

    def _accounts(self, provider: str) -> Iterator[str]:
        for each in self._by_provider.get(provider, ()):
            if each.type == "aws_caller_identity" and isinstance(each.values.get("account_id"), str):
                yield each.values["account_id"]
            elif each.mode == "managed":
                owner, arn = each.values.get("owner_id"), each.values.get("arn")
                found = _ARN.match(arn) if isinstance(arn, str) else None
                if isinstance(owner, str) and _ACCOUNT.fullmatch(owner):
                    yield owner
                elif found:
                    yield found["account"]

    def _stand_in(self, provider: str, told: "_Block") -> str:
        """One account for each set of credentials: aliases for further Regions share it."""
        key = told.credentials()
        stated = STATED.get().account
        if stated is not None:
            return self._stated(stated, key, provider)
        if key not in self._stand_ins:
            self._stand_ins[key] = f"{len(self._stand_ins):012d}"
        account = self._stand_ins[key]
        self.warnings.append(
            f"{self._where}: nothing tells the account of provider `{provider or 'aws'}`: {account} stands for "
            "it, and what hangs on it stays undecided; set `allowed_account_ids` in its block, read "
            "`data.aws_caller_identity`, or name it with --account"
        )
        return account

    def _stated(self, account: str, credentials: object, provider: str) -> str:
        if self._stated_for not in (None, credentials):
            raise InputError(
                f"--account names one account, and provider `{provider or 'aws'}` has credentials of its own",
                where=self._where,
                help="set `allowed_account_ids` in each `provider` block",
            )
        self._stated_for = credentials
        return account

    @property
    def stand_ins(self) -> frozenset[str]:
        """The accounts that stand for one that nothing tells."""
        return frozenset(self._stand_ins.values())


class _Block:
    """A provider's arguments, by its text or by the plan's configuration."""

    def __init__(self, definitions: Definitions, expressions: Expressions, body: Body | None) -> None:
        self._definitions = definitions
        self._expressions = expressions
        self._body = body

    def value(self, name: str, block: str = "") -> Any:
        """An argument, also one inside a nested block; None where it is not set or not known."""
        try:
            value = self._written(name, block) if self._body is not None else self._shown(name, block)
        except NotComputed:
            return None
        if isinstance(value, Candidates):
            return value.values[0] if len(value.values) == 1 else None
        return value

    def _written(self, name: str, block: str) -> Any:
        body = self._body
        if block and body is not None:
            body = next((each.body for each in body.of_type(block)), None)
        attribute = body.attributes.get(name) if body is not None else None
        return self._definitions.computed(attribute.value, Scope(module=())) if attribute else None

    def _shown(self, name: str, block: str) -> Any:
        expressions: Any = self._expressions
        if block:
            inner = expressions.get(block)
            expressions = inner[0] if isinstance(inner, list) and inner else {}
        expression = expressions.get(name)
        return self._definitions.defined(expression, Scope(module=())) if expression else None

    def credentials(self) -> str:
        """What tells credentials apart: equal for providers that only differ in their Region."""
        if self._body is not None:
            blocks = [str(each) for name in _CREDENTIALS for each in self._body.of_type(name)]
            return str(
                [str(getattr(self._body.attributes.get(name), "value", None)) for name in _CREDENTIALS] + blocks
            )
        return str([self._expressions.get(name) for name in _CREDENTIALS])
