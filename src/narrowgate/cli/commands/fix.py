"""`narrowgate fix`."""

from pathlib import Path

import click

from narrowgate.api import repairs
from narrowgate.api.patches.files import write_patch
from narrowgate.cli.options import assume_complete_option, format_option, source_argument, verbose_option
from narrowgate.cli.output import finish, terminal_style
from narrowgate.report.fix import render_fix


@click.command(name="fix")
@source_argument
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--from", "client", metavar="CLIENT", help="Who must be able to call the URLs.")
@click.option("--method", default="GET", show_default=True, metavar="M", help="HTTP method of the calls.")
@click.option("--header", "headers", multiple=True, metavar="'K: V'", help="A request header (repeatable).")
@click.option(
    "--as", "principal", default="anonymous", show_default=True, metavar="anonymous|ARN", help="Who signs."
)
@click.option("--keep-shut", multiple=True, metavar="URL", help="A URL that CLIENT must not reach (repeatable).")
@click.option(
    "--finding", "rules", multiple=True, metavar="RULE", help="An audit rule whose findings must go, or `all`."
)
@click.option(
    "--design",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="DESIGN",
    help="Everything that this design promises has to hold in SOURCE.",
)
@click.option(
    "--patch-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the patches of all changes into this file, for `git apply`.",
)
@assume_complete_option
@format_option
@verbose_option
def command(
    source: Path,
    urls: tuple[str, ...],
    *,
    client: str | None,
    method: str,
    headers: tuple[str, ...],
    principal: str,
    keep_shut: tuple[str, ...],
    rules: tuple[str, ...],
    design: Path | None,
    patch_out: Path | None,
    assume_complete: bool,
    output_format: str,
    verbose: bool,
) -> None:
    r"""The smallest verified change that makes a call work, takes findings away, or mends a design.

    Typed repairs are searched for, fewest first, and each set is verified by the engine on the changed facts: the
    calls work, what must stay shut stays shut. What else it opens is listed. Nothing is changed anywhere: the
    commands are for you to run, and the files of a Terraform folder, a template or a design get a patch. What no
    patch can say with certainty is told with file, line and wanted value. Without calls and findings a design is
    mended itself, and of any other source the grave findings.

    \b
    Examples:
      narrowgate fix ./snapshot --from web-1 https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
      narrowgate fix ./snapshot --finding endpoint-group-open
      narrowgate fix infra/ --from web URL --patch-out fix.patch && git apply fix.patch
      narrowgate fix infra/ --design narrowgate.yaml
      narrowgate fix narrowgate.yaml
    """
    for url in urls:
        if "://" not in url and Path(url).exists():
            raise click.UsageError(
                f"`{url}` is a file or folder: `fix` takes one SOURCE, and URLs after it. "
                f"`narrowgate diff {source} {url}` compares two sources; `--design` gives calls of a design"
            )
    if (urls or keep_shut) and client is None:
        raise click.UsageError("say who calls: --from CLIENT")
    if client is not None and not urls and not keep_shut:
        raise click.UsageError("name the URL that the client must be able to call")
    goals = [
        repairs.Goal(client=client or "", url=url, method=method, headers=headers, principal=principal, must=must)
        for found, must in ((urls, True), (keep_shut, False))
        for url in found
    ]
    answer = repairs.fix_source(source, goals, rules=rules, design=design, assume_complete=assume_complete)
    if patch_out is not None:
        if answer.patch:
            write_patch(patch_out, answer.patch)
        else:
            click.echo(f"{patch_out}: not written, there is no patch", err=True)
    finish(answer, render_fix(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)
