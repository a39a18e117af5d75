"""Whose credentials reach which account of a plan: roles that were named, and the caller's own."""

from collections.abc import Callable
from typing import Any

import msgspec

from narrowgate.api.collecting import Wish
from narrowgate.api.engines.engine import Order
from narrowgate.generate.plan import Plan
from narrowgate.model.design import DEFAULT_ACCOUNT
from narrowgate.model.errors import DeploymentError, InputError, UnknownNameError
from narrowgate.sources.live.accounts import find_targets

Connect = Callable[[str, str, str], Any]
"""boto3's client by account, Region and service."""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of a plan, reached."""

    connect: Connect
    own: str
    """The number of the account that a design need not tell: that of the caller's credentials."""


def wish_of(order: Order, plan: Plan) -> Wish:
    """What to collect of a plan's accounts: by the roles that were named, and by the caller's own credentials.

    Raises:
        UnknownNameError: a role of an account that the design does not have.
    """
    names = {number: name for name, number in plan.design.accounts}
    accounts = dict.fromkeys(each.account for each in plan.resources)
    for key in order.role_arns:
        if key not in accounts and key not in {names.get(each) for each in accounts}:
            raise UnknownNameError("account", key, [names.get(each, each) for each in accounts])
    without = [each for each in accounts if not {each, names.get(each)} & set(order.role_arns)]
    return Wish(
        role_arns=tuple(dict.fromkeys(order.role_arns.values())),
        regions=tuple(sorted({each.region for each in plan.resources})),
        with_own=bool(without),
        session_name="narrowgate-deploy",
    )


def reach(order: Order, plan: Plan, wish: Wish) -> Reached:
    """Sessions for every account in which a plan makes something.

    Raises:
        InputError: the credentials are those of another account, or there are none.
        CollectionError: an expired token.
        DeploymentError: a role that cannot be taken.
    """
    targets, lost = find_targets(wish)
    for each in lost:
        raise DeploymentError(
            f"{each.who} cannot be taken: {each.failure.code}: {each.failure.error}",
            help="nothing was changed; the role has to trust who runs this",
        )
    by_account = {each.account: each for each in targets}
    own = targets[0].account
    if not plan.is_account_told:
        by_account[DEFAULT_ACCOUNT] = targets[0]
        _check_told(order, own)
    names = {number: name for name, number in plan.design.accounts}
    for side in plan.sides:
        if side.account not in by_account:
            name = names.get(side.account, side.account)
            raise InputError(
                f"the credentials are those of account {', '.join(by_account)}, not of `{name}` ({side.account})",
                where=str(order.design),
                help=f"name the role to take there: --role-arn {name}=ARN",
            )
    return Reached(connect=lambda account, region, service: by_account[account].client(service, region), own=own)


def _check_told(order: Order, own: str) -> None:
    told = order.variables.get("account_id", own)
    if told != own:
        message = f"the credentials are those of account {own}, not of {told}"
        raise InputError(message, help="check --var account_id")
