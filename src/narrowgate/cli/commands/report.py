"""`narrowgate report`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from narrowgate.api import audits, reports
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.findings_options import findings_options
from narrowgate.cli.options import assume_complete_option, prices_option, source_argument
from narrowgate.cli.paths import SourcePath
from narrowgate.model.errors import InputError
from narrowgate.model.finding import Severity


@click.command(name="report")
@source_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    required=True,
    help="The file to write.",
)
@click.option(
    "--from",
    "calls",
    nargs=2,
    multiple=True,
    metavar="CLIENT URL",
    help="A call to trace and draw, beside those of a design (repeatable).",
)
@click.option(
    "--consumer",
    "consumers",
    multiple=True,
    metavar="VPC|all",
    help="A VPC whose exposure is listed (repeatable); without it those of the design and of --from, "
    "or every VPC of an estate of at most 25.",
)
@click.option(
    "--design",
    type=SourcePath(),
    metavar="DESIGN",
    help="Hold this design's expectations against a SOURCE that is none, and show its costs and ways.",
)
@findings_options
@prices_option
@assume_complete_option
def command(
    source: Path,
    *,
    out: Path,
    calls: tuple[tuple[str, str], ...],
    consumers: tuple[str, ...],
    design: Path | None,
    fail_on: str,
    suppressions: Path | None,
    baseline: Path | None,
    prices: Path | None,
    assume_complete: bool,
) -> None:
    r"""Everything on one page: verdicts, calls drawn hop by hop, the estate, exposure, findings, costs.

    One HTML file that needs no network and no server: to open, to mail, to print. Lists filter and search (`/`),
    arrow keys walk through them. Large estates start folded, as counts by account and Region. The status is the
    check's, and that of the calls of --from.

    \b
    Examples:
      narrowgate report examples/guide/narrowgate.yaml --out guide.html
      narrowgate report ./snapshot --out estate.html --design narrowgate.yaml
      narrowgate report ./snapshot --out estate.html \
        --from web-1 https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
    """
    if not out.parent.is_dir():
        raise InputError("no such folder", where=str(out.parent), help="make it first")
    terms = audits.Terms(
        fail_on=None if fail_on == "none" else Severity(fail_on),
        suppressions=suppressions,
        baseline=baseline,
        prices=prices,
        design=design,
        today=datetime.now(UTC).date(),
    )
    made = reports.report(
        source, reports.Wanted(calls=calls, consumers=consumers), terms, assume_complete=assume_complete
    )
    size = reports.write_report(out, made)
    click.echo(f"{out}: {made.verdict}, {size / 1e6:,.2f} MB")
    raise click.exceptions.Exit(int(exit_code(made.verdict)))
