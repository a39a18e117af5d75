"""`narrowgate exposure`."""

from pathlib import Path

import click

from narrowgate.api import baselines, exposures
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.options import assume_complete_option, markdown_format_option, source_argument, verbose_option
from narrowgate.cli.output import print_json, terminal_style
from narrowgate.model.collection import without_cycle_search
from narrowgate.model.errors import InputError
from narrowgate.model.exposure import ExposureAnswer
from narrowgate.report.exposure import render_exposure
from narrowgate.report.exposure_markdown import render_exposure_markdown


@click.command(name="exposure")
@source_argument
@click.option("--from", "consumer", metavar="VPC", help="The VPC whose hosts ask, by id or name.")
@click.option("--all", "every", is_flag=True, help="Every VPC of the source; equal entries are told once.")
@click.option("--to", metavar="VPC", help="Only what leads into this VPC.")
@click.option("--api", metavar="API", help="The inverse question: who can invoke this API, and by which way?")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="What was accepted before.")
@click.option("--write-baseline", type=click.Path(path_type=Path), metavar="FILE", help="Keep this answer.")
@assume_complete_option
@markdown_format_option
@verbose_option
def command(
    source: Path,
    *,
    consumer: str | None,
    every: bool,
    to: str | None,
    api: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    assume_complete: bool,
    output_format: str,
    verbose: bool,
) -> None:
    r"""What can the hosts of a VPC resolve, reach and invoke?

    Three complete lists: names that get a private answer (by the VPC's own resolver or by any DNS server that its
    hosts reach themselves) and public names that are lost; sockets, from real interfaces and from hosts that could
    be started; methods of private APIs, anonymously or signed. Each entry says whether it is meant (by the design,
    or by a baseline), by which way it is open, and by which rule.

    \b
    Examples:
      narrowgate exposure narrowgate.yaml --from requester
      narrowgate exposure ./snapshot --from vpc-0a1b2c3d --to vpc-0e4f5a6b
      narrowgate exposure ./snapshot --api orders
      narrowgate exposure ./snapshot --all --write-baseline accepted.json
      narrowgate exposure ./snapshot --all --baseline accepted.json

    Status 1: something is open that the baseline does not hold. Status 3: something could not be told.
    """
    if sum((consumer is not None, every, api is not None)) != 1:
        raise InputError("which VPC is asked about?", help="give one of --from VPC, --all, --api API")
    with without_cycle_search():
        # A baseline that cannot be read is told before anything is computed.
        accepted = baselines.read_baseline(baseline) if baseline is not None else None
        answer = _answer(source, consumer, to=to, api=api, assume_complete=assume_complete)
        if accepted is not None:
            answer = baselines.with_baseline(answer, accepted)
        if write_baseline is not None:
            baselines.write_baseline(answer, write_baseline)
        if output_format == "json":
            print_json(answer)
        elif output_format == "markdown":
            click.echo(render_exposure_markdown(answer), color=True)
        else:
            click.echo(render_exposure(answer, terminal_style(), verbose=verbose), color=True)
    raise click.exceptions.Exit(int(exit_code(answer.verdict)))


def _answer(
    source: Path, consumer: str | None, *, to: str | None, api: str | None, assume_complete: bool
) -> ExposureAnswer:
    snapshot, intent = exposures.load_meant(source, assume_complete=assume_complete)
    if api is not None:
        return exposures.inverse(snapshot, api, intent=intent)
    return exposures.exposure(snapshot, consumer, to=to, intent=intent)
