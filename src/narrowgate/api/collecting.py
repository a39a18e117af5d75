"""Use cases about live accounts: collect them into a snapshot folder, print what that needs."""

from pathlib import Path

import msgspec

from narrowgate.model.errors import CollectionError
from narrowgate.sources.live.accounts import Unreachable, Wish, find_targets
from narrowgate.sources.live.aggregator import aggregator_call, aggregator_policy, refuse_many
from narrowgate.sources.live.calls import CALLS
from narrowgate.sources.live.folder import Folder
from narrowgate.sources.live.live_call import LiveCall
from narrowgate.sources.live.permissions import organization_policy, policy_text, read_policy
from narrowgate.sources.live.records import Entry
from narrowgate.sources.live.run import WORKERS, Progress, collect

__all__ = ["WORKERS", "Collected", "Wish", "collect_accounts", "required_policy"]


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection brought: for the summary that a person reads."""

    folder: str
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    requests: int
    """Requests of this folder in all runs, pages and retries included."""
    seconds: float
    """Of this run."""
    failures: tuple[Entry, ...]
    unreachable: tuple[Unreachable, ...]


def collect_accounts(
    out: Path,
    wish: Wish,
    *,
    aggregator: str | None = None,
    workers: int = WORKERS,
    progress: Progress = lambda made, needed, failed: None,
) -> Collected:
    """Collect accounts into a folder; a folder that an earlier run left is completed, nothing asked twice.

    Args:
        out: the folder.
        wish: whose accounts, with which credentials.
        aggregator: ask this aggregator of AWS Config in place of the accounts themselves.
        workers: how many calls run at a time.
        progress: told after each answer.

    Raises:
        InputError: a wish that contradicts itself, no boto3, profile, credentials or Region, a folder of
            something else, or an aggregator in several places.
        CollectionError: an expired token, or AWS answered nothing at all; what had come is kept.
    """
    targets, unreachable = find_targets(wish)
    calls: tuple[LiveCall, ...] = CALLS
    if aggregator is not None:
        refuse_many(targets)
        calls = (aggregator_call(aggregator),)
    with Folder(out) as folder:
        for each in unreachable:
            folder.lost(each)
        seconds = collect(targets, folder, calls=calls, workers=workers, progress=progress)
        folder.close(complete=True, seconds=seconds)
    failures = folder.failures()
    entries = list(folder.entries())
    if not any(entry.answers for entry in entries):
        first = failures[0]
        raise CollectionError(
            f"AWS answered none of {len(failures)} calls; the first: {first.code}: {first.error}",
            where=str(out),
            help="narrowgate collect --print-policy shows what the caller needs",
        )
    return Collected(
        folder=str(out),
        accounts=tuple(sorted({target.account for target in targets})),
        regions=tuple(sorted({region for target in targets for region in target.regions})),
        requests=sum(entry.requests for entry in entries),
        seconds=round(seconds, 2),
        failures=tuple(failures),
        unreachable=tuple(unreachable),
    )


def required_policy(role_name: str | None = None, *, of_aggregator: bool = False) -> str:
    """The least-privilege policy of a collection, of a whole organisation's caller, or of an aggregator's."""
    if of_aggregator:
        return policy_text(aggregator_policy())
    return policy_text(organization_policy(role_name) if role_name else read_policy())


def is_refusal(entry: Entry) -> bool:
    """True where AWS said no, not where a call broke on its way."""
    return any(word in (entry.code or "") for word in ("Denied", "Unauthorized", "NotAuthorized"))
