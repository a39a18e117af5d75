"""What a person has to tell of what exists: ids that the design does not say, and a folder."""

from collections.abc import Sequence
from pathlib import Path

from narrowgate.api.engines.engine import Order
from narrowgate.generate.plan import Plan
from narrowgate.model.errors import InputError


def need_folder(order: Order) -> Path:
    """Where files, state and snapshot stay.

    Raises:
        InputError: none is named.
    """
    if order.folder is None:
        raise InputError("a deployment needs a folder for its files and state", help="name it with --out")
    return order.folder


def need_values(order: Order, plan: Plan, further: Sequence[str]) -> dict[str, str]:
    """The values of what exists, by name: out of the design, or given.

    Args:
        order: what was given.
        plan: whose inputs are wanted.
        further: names of other values that have to be given.

    Raises:
        InputError: one sentence that names those that are missing.
    """
    wanted = [each.name for each in plan.inputs() if each.known is None] + list(further)
    known = {each.name: each.known for each in plan.inputs() if each.known is not None}
    known |= order.variables
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InputError(
            "what exists has to be told: " + ", ".join(missing),
            where=str(order.design),
            help=f"give the ids in the design, or each with --var, such as --var {missing[0]}=…",
        )
    return known
