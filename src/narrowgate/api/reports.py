"""The use case of `report`: everything that is known of a source on one page."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from narrowgate.api import audits, design_checks, design_worlds, designs, exposures, questions
from narrowgate.api.addresses import followed
from narrowgate.api.audits import Checked, Terms
from narrowgate.engine.network.clients import find_client
from narrowgate.exposure.consumers import find_vpc
from narrowgate.exposure.intent import NOTHING_MEANT, Intent
from narrowgate.model.errors import InputError
from narrowgate.model.snapshot import Snapshot
from narrowgate.options.intent import intent_of
from narrowgate.options.registry import find_option
from narrowgate.report.html.report import Report, render_report

_ASKED_OF_ALL = 25
"""So many VPCs are all asked about where nobody names any: of more, the lists are longer than a page can hold."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is to show: calls as (client, URL), and the VPCs whose exposure is listed.

    `consumers` are VPCs by id or name, or `all`; empty for those of the clients and the design, else every VPC of
    a small estate.
    """

    calls: tuple[tuple[str, str], ...] = ()
    consumers: tuple[str, ...] = ()


def report(source: Path, wanted: Wanted, terms: Terms, *, assume_complete: bool = False) -> Report:
    """Everything that is known of a source: its check, calls, exposure, costs and ways to connect.

    Raises:
        InputError: the source or the design cannot be read; no such client, VPC or URL.
    """
    checked = audits.check_source(source, terms, assume_complete=assume_complete)
    held = checked.design
    beside = held
    if beside is None and terms.design is not None:
        beside = design_checks.check_design(terms.design, terms.prices)
    design = source if held is not None else terms.design
    made = Report(
        source=str(source),
        check=checked.answer,
        snapshot=checked.snapshot,
        compare=designs.compare(design, terms.prices) if design is not None else None,
        option=beside.chosen.option if beside is not None else "",
        cost=beside.chosen.cost if beside is not None else None,
    )
    if checked.snapshot is None:
        if wanted.calls:
            raise InputError(
                f"nothing can be traced: `{made.option}` cannot be built here",
                where=str(source),
                help="`narrowgate compare` shows the ways that can",
            )
        return made
    intent = _intent(checked, checked.snapshot, source, terms)
    return _with_questions(made, checked, wanted, intent)


def write_report(path: Path, made: Report) -> int:
    """Write the page, whole or not at all; its size in bytes.

    Raises:
        InputError: the file cannot be written.
    """
    content = render_report(made).encode()
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"cannot be written: {error.strerror}", where=str(path)) from None
    return len(content)


def _with_questions(made: Report, checked: Checked, wanted: Wanted, intent: Intent) -> Report:
    snapshot = made.snapshot
    if snapshot is None:
        return made
    consumers = _consumers(checked, snapshot, wanted, intent)
    return msgspec.structs.replace(
        made,
        traces=tuple(questions.trace(snapshot, client, url) for client, url in wanted.calls),
        exposure=exposures.exposure_of(snapshot, consumers, intent=intent),
        unasked=len(snapshot.facts.vpcs) - len(consumers),
        has_intent=intent is not NOTHING_MEANT,
    )


def _intent(checked: Checked, snapshot: Snapshot, source: Path, terms: Terms) -> Intent:
    """What is meant to be open: by the design that the source is, or by the one that is held against it."""
    held = checked.design
    if held is None and terms.design is not None:
        return design_worlds.intent_against(terms.design, snapshot, str(source))
    if held is None or held.world is None:
        return NOTHING_MEANT
    return intent_of(held.world, held.design, find_option(held.chosen.option))


def _consumers(checked: Checked, snapshot: Snapshot, wanted: Wanted, intent: Intent) -> Sequence[str]:
    every = sorted(snapshot.facts.vpcs)
    if "all" in wanted.consumers:
        return every
    if wanted.consumers:
        return sorted({find_vpc(snapshot, followed(snapshot, each)) for each in wanted.consumers})
    meant = sorted(
        {
            *_of_design(checked, snapshot),
            *_of_clients(snapshot, wanted),
            *(vpc for vpc, *_ in (*intent.names, *intent.sockets, *intent.calls) if vpc in snapshot.facts.vpcs),
        }
    )
    return meant or (every if len(every) <= _ASKED_OF_ALL else ())


def _of_design(checked: Checked, snapshot: Snapshot) -> Iterator[str]:
    for consumer in checked.design.design.consumers if checked.design is not None else ():
        if consumer.vpc is not None:
            yield find_vpc(snapshot, consumer.vpc)


def _of_clients(snapshot: Snapshot, wanted: Wanted) -> Iterator[str]:
    for client, _ in wanted.calls:
        for host in find_client(snapshot, client).hosts:
            if host.vpc_id in snapshot.facts.vpcs:
                yield host.vpc_id
