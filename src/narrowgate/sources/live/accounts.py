"""Which accounts are collected, with whose credentials: profiles, roles, a role of the same name everywhere."""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from narrowgate.model.errors import CollectionError, InputError
from narrowgate.sources.live.failures import Failure, failure_of, no_region, session_error, unknown_profile

_ROLE = re.compile(r"arn:(?P<partition>aws[\w-]*):iam::(?P<account>\d{12}):role/(?P<name>[\w+=,.@/-]+)")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_SESSION_NAME = "narrowgate-collect"
_AT_ONCE = 16


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asked to collect."""

    profiles: tuple[str, ...] = ()
    role_arns: tuple[str, ...] = ()
    role_name: str | None = None
    organization: bool = False
    external_id: str | None = None
    regions: tuple[str, ...] = ()
    endpoint_url: str | None = None
    """Where another AWS than the real one listens."""
    with_own: bool = False
    """Whether the account of the credentials themselves is read beside those of roles."""
    session_name: str = _SESSION_NAME
    """What CloudTrail calls whoever takes a role."""
    access_key: tuple[str, str] | None = None
    """Key id and secret for that other AWS: nothing of the caller's own credentials goes there."""


class Target:
    """One account with the credentials to read it. Clients are made once and shared by threads."""

    def __init__(self, account: str, who: str, session: Any, regions: tuple[str, ...], wish: Wish) -> None:
        """`who` names profile or role for messages."""
        self.account = account
        self.who = who
        self.session = session
        self.regions = regions
        self._endpoint_url = wish.endpoint_url
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str) -> Any:
        """The boto3 client; services without a Region are asked through the first of the account's."""
        place = self.regions[0] if region == "global" else region
        with self._lock:
            if (service, place) not in self._clients:
                self._clients[(service, place)] = make_client(self.session, service, place, self._endpoint_url)
            return self._clients[(service, place)]


class Unreachable(msgspec.Struct, frozen=True):
    """An account that was asked for and whose role could not be taken."""

    account: str
    who: str
    failure: Failure


def make_client(session: Any, service: str, region: str, endpoint_url: str | None) -> Any:
    """A client that backs off when it is throttled and never waits for ever."""
    from botocore.config import Config

    config = Config(
        retries={"mode": "adaptive", "max_attempts": 5},
        connect_timeout=10,
        read_timeout=60,
        max_pool_connections=_AT_ONCE,
        user_agent_extra="narrowgate",
    )
    return session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)


def need_boto3() -> Any:
    """boto3, which is an extra.

    Raises:
        InputError: it is not installed.
    """
    try:
        import boto3
    except ImportError:
        raise InputError(
            "live accounts need boto3, which is not installed", help="pip install 'narrowgate[aws]'"
        ) from None
    return boto3


def find_targets(wish: Wish) -> tuple[list[Target], list[Unreachable]]:
    """The accounts that were asked for, each with an own session.

    Returns:
        Accounts that can be read, one target each, and those whose role could not be taken.

    Raises:
        InputError: the wish contradicts itself, an unknown profile, no credentials, no Region.
        CollectionError: an expired token, or no account at all can be read.
    """
    _check(wish)
    if not (wish.role_arns or wish.role_name):
        targets = [_own(name, wish) for name in wish.profiles or (None,)]
        return _each_once(targets), []
    base = _own(wish.profiles[0] if wish.profiles else None, wish)
    roles = [*wish.role_arns, *_roles_of_organization(base, wish)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda arn: _take_role(base, arn, wish), dict.fromkeys(roles)))
    targets = [*([base] if wish.with_own else []), *(each for each in found if isinstance(each, Target))]
    lost = [each for each in found if isinstance(each, Unreachable)]
    if not targets:
        first = lost[0]
        raise CollectionError(
            f"no role could be taken: {first.failure.code}: {first.failure.error}", where=first.who
        )
    return _each_once(targets), lost


def _check(wish: Wish) -> None:
    if wish.role_name and not wish.organization:
        raise InputError("--role-name is the name of a role in every account", help="add --organization")
    if wish.organization and not wish.role_name:
        raise InputError("--organization needs the role to take in each account", help="name it with --role-name")
    if (wish.role_arns or wish.role_name) and len(wish.profiles) > 1:
        raise InputError("roles are taken with the credentials of one profile", help="name one --profile")
    for arn in wish.role_arns:
        if not _ROLE.fullmatch(arn):
            raise InputError(f"`{arn}` is no role", help="such as arn:aws:iam::111122223333:role/narrowgate-read")
    for region in wish.regions:
        if not _REGION.fullmatch(region):
            raise InputError(f"`{region}` is no Region", help="such as us-east-1")


def _own(profile: str | None, wish: Wish) -> Target:
    """The account of a profile, or of the credentials that the environment gives."""
    boto3 = need_boto3()
    from botocore.exceptions import ProfileNotFound

    who = f"profile {profile}" if profile else "the default credentials"
    try:
        key = dict(zip(("aws_access_key_id", "aws_secret_access_key"), wish.access_key or (), strict=False))
        session = boto3.Session(profile_name=profile, **key)
    except ProfileNotFound:
        raise unknown_profile(str(profile), boto3.Session().available_profiles) from None
    regions = wish.regions or ((session.region_name,) if session.region_name else ())
    if not regions:
        raise no_region(who)
    return Target(_asked(session, regions[0], wish, who), who, session, regions, wish)


def _asked(session: Any, region: str, wish: Wish, who: str) -> str:
    try:
        identity = make_client(session, "sts", region, wish.endpoint_url).get_caller_identity()
    except Exception as error:
        told = session_error(error, who)
        raise told from (error if told is error else None)
    return str(identity["Account"])


def _roles_of_organization(base: Target, wish: Wish) -> Iterable[str]:
    if not wish.organization:
        return
    client = base.client("organizations", "global")
    try:
        identity = base.client("sts", "global").get_caller_identity()
        pages = list(client.get_paginator("list_accounts").paginate())
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        raise CollectionError(
            f"the organisation's accounts cannot be listed: {failure.code}: {failure.error}",
            where=base.who,
            help="ask with the management account or a delegated administrator; see --print-policy",
        ) from None
    partition = str(identity["Arn"]).split(":")[1]
    for account in (account for page in pages for account in page["Accounts"]):
        if account.get("Status", "ACTIVE") == "ACTIVE":
            yield f"arn:{partition}:iam::{account['Id']}:role/{wish.role_name}"


def _take_role(base: Target, arn: str, wish: Wish) -> Target | Unreachable:
    found = _ROLE.fullmatch(arn)
    account = found["account"] if found else ""
    refresh = _credentials_of(base, arn, wish)
    try:
        session = _session(refresh(), refresh, base.regions[0])
    except Exception as error:
        failure = failure_of(error)
        if failure is None:
            raise
        if wish.organization and account == base.account:
            # The management account seldom has the members' role; its own credentials read it.
            return base
        return Unreachable(account, f"role {arn}", failure)
    return Target(account, f"role {arn}", session, base.regions, wish)


def _credentials_of(base: Target, arn: str, wish: Wish) -> Callable[[], dict[str, str]]:
    more = {"ExternalId": wish.external_id} if wish.external_id else {}

    def take() -> dict[str, str]:
        answer = base.client("sts", "global").assume_role(RoleArn=arn, RoleSessionName=wish.session_name, **more)
        given = answer["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    return take


def _session(first: dict[str, str], refresh: Callable[[], dict[str, str]], region: str) -> Any:
    """A session whose role is taken again before its hour is over."""
    from botocore.credentials import RefreshableCredentials
    from botocore.session import get_session

    inner = get_session()
    inner._credentials = RefreshableCredentials.create_from_metadata(
        metadata=first, refresh_using=refresh, method="sts-assume-role"
    )
    return need_boto3().Session(botocore_session=inner, region_name=region)


def _each_once(targets: Sequence[Target]) -> list[Target]:
    """Two profiles of one account are one account, with the Regions of both."""
    by_account: dict[str, Target] = {}
    for target in targets:
        first = by_account.setdefault(target.account, target)
        first.regions = tuple(dict.fromkeys((*first.regions, *target.regions)))
    return list(by_account.values())
