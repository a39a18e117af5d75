"""`narrowgate check`."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from narrowgate.api import audits
from narrowgate.api.sources import refuse_unused_settings
from narrowgate.audit.registry import RULES
from narrowgate.cli.exit_codes import exit_code
from narrowgate.cli.findings_options import findings_options
from narrowgate.cli.options import assume_complete_option, prices_option, template_options, verbose_option
from narrowgate.cli.output import terminal_style
from narrowgate.cli.paths import SourcePath
from narrowgate.model.comparison import CheckAnswer
from narrowgate.model.finding import Severity
from narrowgate.report.broken_promises import broken_promises
from narrowgate.report.check_markdown import render_check_markdown
from narrowgate.report.compare import render_check
from narrowgate.report.json import to_json
from narrowgate.report.junit import render_junit
from narrowgate.report.sarif import render_sarif


@click.command(name="check")
@click.argument("sources", type=SourcePath(), metavar="SOURCE...", nargs=-1)
@findings_options
@click.option(
    "--write-baseline", type=click.Path(path_type=Path), metavar="FILE", help="Write what is found as a baseline."
)
@click.option(
    "--design",
    type=SourcePath(),
    metavar="DESIGN",
    help="Hold this design's expectations against every SOURCE that is no design.",
)
@click.option("--list-rules", is_flag=True, help="List the audit rules and leave.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "markdown", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="Text for people, JSON for machines, Markdown for pull requests, SARIF for code scanning, JUnit for CI.",
)
@prices_option
@template_options
@assume_complete_option
@verbose_option
def command(
    sources: tuple[Path, ...],
    *,
    fail_on: str,
    suppressions: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
    design: Path | None,
    list_rules: bool,
    output_format: str,
    prices: Path | None,
    assume_complete: bool,
    verbose: bool,
) -> None:
    r"""Does everything hold that a design promises, and what else is wrong?

    Of a design every call that `may_call` allows is traced, and every line of `expect`, by the option that the
    design names (`via`), else by the recommended one; with --design they are asked of a plan, a template or an
    account, where names are matched by Name tags, names of APIs, and ranges. Of every source the audit rules are
    asked. Fails when an expectation or a grave finding stands in the way, and is undecided when an expectation
    cannot be told. As SARIF the findings leave with status 0 whenever the check itself worked: the reader of the
    file decides.

    \b
    A suppression file is a list, in YAML; an entry without `resource` means every one, `until` is its last day:
      - rule: EPT003
        resource: vpce-0a1b2c3d4e5f60718
        reason: no public API is called from that VPC
        until: 2027-03-31

    \b
    Examples:
      narrowgate check narrowgate.yaml
      narrowgate check plan.json --design narrowgate.yaml
      narrowgate check ./snapshot --fail-on medium --suppressions accepted.yaml
      narrowgate check ./snapshot --write-baseline known.json
      narrowgate check ./snapshot --baseline known.json --format sarif > narrowgate.sarif
    """
    if list_rules:
        _list_rules()
        return
    if not sources:
        raise click.UsageError("name a SOURCE: a design, a snapshot folder")
    terms = audits.Terms(
        fail_on=None if fail_on == "none" else Severity(fail_on),
        suppressions=suppressions,
        baseline=baseline,
        prices=prices,
        design=design,
        today=datetime.now(UTC).date(),
    )
    refuse_unused_settings(sources)
    answer = audits.check_sources(sources, terms, assume_complete=assume_complete)
    if write_baseline is not None:
        audits.keep_baseline(write_baseline, answer)
    click.echo(_render(answer, output_format, verbose), color=True)
    raise click.exceptions.Exit(0 if output_format == "sarif" else int(exit_code(answer.verdict)))


def _list_rules() -> None:
    """Rules on standard output, a line each; how many there are beside it."""
    for rule in RULES:
        click.echo(f"{rule.id} {rule.severity:<8} {rule.name}")
    counts = Counter(str(rule.severity) for rule in RULES)
    told = ", ".join(f"{counts[each]} {each}" for each in Severity if counts[each])
    click.echo(f"\n{len(RULES)} rules: {told}.", err=True)


def _render(answer: CheckAnswer, output_format: str, verbose: bool) -> str:
    match output_format:
        case "json":
            return to_json(answer)
        case "sarif":
            return render_sarif((*broken_promises(answer), *answer.findings), Path.cwd())
        case "junit":
            return render_junit(answer)
        case "markdown":
            return render_check_markdown(answer)
        case _:
            return render_check(answer, terminal_style(), verbose=verbose)
