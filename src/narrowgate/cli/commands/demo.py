"""`narrowgate demo`."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import click
import msgspec

from narrowgate.api import demo
from narrowgate.api.designs import write_design
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.output import terminal_style
from narrowgate.guide.design import guide_design, guide_design_text
from narrowgate.guide.estate import CLIENT, build_guide
from narrowgate.guide.folder import write_snapshot
from narrowgate.model.answer import Verdict
from narrowgate.model.demonstration import DemoAnswer
from narrowgate.model.errors import InputError
from narrowgate.report.demo import (
    broken_lines,
    compare_lines,
    fix_lines,
    generated_lines,
    other_lines,
    packet_lines,
)
from narrowgate.report.json import to_json
from narrowgate.report.style import Style


@click.command(name="demo")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Keep the design and the generated Terraform, whole and broken, in DIR.",
)
@click.option(
    "--write",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write the guide's estate as a snapshot to DIR, to ask it questions of your own.",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(*, keep: Path | None, folder: Path | None, output_format: str) -> None:
    r"""Show the whole job on the guide's design, in seconds: compared, generated, read back, broken, mended.

    A requester VPC must call one private API in another VPC, and nothing else. Every way to connect is judged, the
    best one is written as Terraform, the code is read back and traced, one thing is broken and explained, the
    repair is named, and, where the machine can, the design's questions are asked of real packets. Nothing of it
    needs an account, the network, Terraform or root. The demo ends with status 0 when every step comes out as it
    should, else 1.

    \b
    Examples:
      narrowgate demo
      narrowgate demo --keep ./demo
      narrowgate demo --write ./guide
    """
    for each in (keep, folder):
        if each is not None and each.exists():
            raise click.UsageError(f"{each} exists already")
    style = terminal_style()
    teller = _Teller(style, is_silent=output_format == "json")
    with guide_design() as design, _home(keep) as home:
        answer = _tell(design, home, keep, teller)
    if output_format == "json":
        click.echo(to_json(answer))
    if keep is not None:
        write_design(keep / "narrowgate.yaml", guide_design_text())
    if folder is not None:
        write_snapshot(build_guide().estate, folder)
    teller.next(_next(answer, keep, folder))
    raise click.exceptions.Exit(int(exit_code(answer.verdict)))


class _Teller:
    """Prints each step when it is done, with how long it took; nothing where the answer leaves as JSON."""

    def __init__(self, style: Style, *, is_silent: bool) -> None:
        self.style = style
        self._is_silent = is_silent
        self._number = 0
        self._began = self._since = monotonic()

    def step(self, title: str, lines: Iterable[str]) -> None:
        self._number += 1
        told = list(lines)
        took, self._since = monotonic() - self._since, monotonic()
        if self._is_silent:
            return
        head = self.style.strong(f"{self._number}. {title}")
        click.echo(f"{head} {self.style.dim(f'({took:.2f} s)')}", color=True)
        click.echo("\n".join(told) + "\n", color=True)

    def next(self, lines: Iterable[str]) -> None:
        if not self._is_silent:
            took = self.style.dim(f"({monotonic() - self._began:.2f} s in all)")
            click.echo("\n".join([f"{self.style.strong('Try next')} {took}", *lines]), color=True)


@contextmanager
def _home(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        try:
            keep.mkdir(parents=True)
        except OSError as error:
            raise InputError(f"cannot be made: {error.strerror}", where=str(keep)) from None
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="narrowgate-demo-") as scratch:
        yield Path(scratch)


def _tell(design: Path, home: Path, keep: Path | None, teller: _Teller) -> DemoAnswer:
    style = teller.style
    compared = demo.compare_guide(design)
    option = compared.recommendation.option if compared.recommendation else ""
    teller.step(
        "Compare every way for `web` to call the private API `orders`, by computation",
        compare_lines(compared, style),
    )
    generated = demo.generate_and_read(design, option, home / "terraform")
    where = str(keep / "terraform") if keep else "a folder that is gone afterwards (--keep DIR keeps it)"
    teller.step(
        f"Generate {option} as Terraform, networks and all; read the code back, and trace it",
        generated_lines(generated, where, style),
    )
    snapshot, broken = demo.break_and_read(design, option, home / "broken")
    teller.step("Break one thing, and ask again", broken_lines(broken, demo.CHANGED, style))
    fix = demo.mend(snapshot, broken.trace)
    teller.step("Fix: the smallest change, searched and verified", fix_lines(fix, broken, style))
    packets, no_packets = demo.send_packets(design)
    teller.step(
        "Send real packets: every question of the design, in network namespaces of this machine",
        packet_lines(packets, no_packets, style),
    )
    forms, recorded = tuple(demo.ask_broken_forms()), tuple(demo.ask_recorded_estates())
    teller.step("Beside that, in the same way", other_lines(forms, recorded, style))
    told = DemoAnswer(
        verdict=Verdict.ALLOWED,
        compare=compared,
        generated=generated,
        changed=demo.CHANGED,
        broken=broken,
        fix=fix,
        packets=packets,
        no_packets=no_packets,
        forms=forms,
        recorded=recorded,
    )
    if demo.is_as_it_should_be(told):
        return told
    return msgspec.structs.replace(told, verdict=Verdict.DENIED)


def _next(answer: DemoAnswer, keep: Path | None, folder: Path | None) -> Iterator[str]:
    if keep is None:
        yield _hint("demo --keep ./demo", "keeps the design and its code, to look at and change")
    else:
        yield _hint(f"compare {keep / 'narrowgate.yaml'} --verbose", "what each way opens, breaks and costs")
        yield _hint(f"check {keep / 'narrowgate.yaml'}", "after each change of the design")
        if answer.packets is not None:
            yield _hint(f"lab test {keep / 'narrowgate.yaml'}", "the same by packets")
    if folder is None:
        yield _hint("demo --write ./guide", "an estate as AWS tells it, to ask questions of your own")
    else:
        yield _hint(f"trace {folder} --from {CLIENT} {build_guide().url}", "")
    yield _hint("init", "a design of your own: narrowgate.yaml")
    yield _hint("collect --print-policy", "what it takes to read your own accounts; docs/collect.md")
    yield _hint("explain KEY-01", "a rule of AWS, with its sources")


def _hint(call: str, text: str) -> str:
    return f"  {f'narrowgate {call}':<37}{'# ' + text if text else ''}".rstrip()
