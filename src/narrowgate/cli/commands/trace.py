"""`narrowgate trace`."""

from pathlib import Path
from typing import NoReturn

import click

from narrowgate import api
from narrowgate.cli.notes import noted
from narrowgate.cli.options import question_options, source_argument
from narrowgate.cli.output import finish, terminal_style
from narrowgate.model.trace import TraceAnswer
from narrowgate.report.trace import render_trace


@click.command(name="trace")
@source_argument
@click.argument("url")
@question_options
@click.option("--method", default="GET", show_default=True, metavar="M", help="HTTP method.")
@click.option("--header", "headers", multiple=True, metavar="'K: V'", help="A request header (repeatable).")
@click.option(
    "--as",
    "principal",
    default="anonymous",
    show_default=True,
    metavar="anonymous|ARN",
    help="Who signs the call: nobody, or the user, role or role session with this ARN.",
)
@click.option(
    "--observed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the program of `narrowgate probe` saw: laid beside the answer, the first difference named.",
)
def command(
    source: Path,
    url: str,
    *,
    client: str,
    security_groups: tuple[str, ...],
    assume_complete: bool,
    output_format: str,
    verbose: bool,
    method: str,
    headers: tuple[str, ...],
    principal: str,
    observed: Path | None,
) -> None:
    r"""Can CLIENT call URL, and if not, which fact decides and what does the caller see?

    \b
    Examples:
      narrowgate trace ./snapshot --from web-1 https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
      narrowgate trace ./snapshot --from vpc-0a1b2c3d --header 'x-apigw-api-id: a1b2c3d4e5' \
        https://vpce-0a1b-9f.execute-api.us-east-1.vpce.amazonaws.com/prod/orders
      narrowgate trace narrowgate.yaml --from web orders/orders/1      # in the design's own words: API/PATH
    """
    snapshot = noted(api.load(source, assume_complete=assume_complete))
    answer = api.trace(
        snapshot, client, url, method=method, headers=headers, principal=principal, security_groups=security_groups
    )
    if observed is not None:
        _compare(answer, observed, output_format, verbose=verbose)
    finish(answer, render_trace(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)


def _compare(answer: TraceAnswer, observed: Path, output_format: str, *, verbose: bool) -> NoReturn:
    """Leave with the comparison's status: 1 where what was seen parts from what was computed."""
    from narrowgate.api.observing import load_probe_report, observe
    from narrowgate.report.observe import render_observation

    compared = observe(answer, load_probe_report(observed))
    style = terminal_style()
    text = render_trace(answer, style, verbose=verbose) + "\n\n" + render_observation(compared, style)
    finish(compared, text, compared.verdict, output_format)
