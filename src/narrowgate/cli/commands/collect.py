"""`narrowgate collect`."""

import sys
from pathlib import Path

import click

from narrowgate.api import collecting
from narrowgate.cli.exit_codes import ExitCode
from narrowgate.cli.progress import CallProgress

_SHOWN = 12


@click.command(name="collect")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to write, or to complete.",
)
@click.option("--profile", "profiles", multiple=True, metavar="NAME", help="A profile to use (repeatable).")
@click.option("--role-arn", "role_arns", multiple=True, metavar="ARN", help="A role to take (repeatable).")
@click.option("--role-name", metavar="NAME", help="With --organization: the role to take in every account.")
@click.option("--organization", is_flag=True, help="Every active account of the organisation.")
@click.option("--external-id", metavar="ID", help="The external id that the roles' trust policies ask for.")
@click.option("--region", "regions", multiple=True, metavar="REGION", help="A Region (repeatable).")
@click.option(
    "--config-aggregator",
    "aggregator",
    metavar="NAME",
    help="Ask this aggregator of AWS Config, and nothing else: one query for all the accounts that it gathers.",
)
@click.option("--endpoint-url", metavar="URL", help="Ask there instead of AWS.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=collecting.WORKERS, show_default=True, help="Calls at a time."
)
@click.option("--print-policy", is_flag=True, help="Print the IAM policy that this needs, and stop.")
def command(
    *,
    out: Path | None,
    profiles: tuple[str, ...],
    role_arns: tuple[str, ...],
    role_name: str | None,
    organization: bool,
    external_id: str | None,
    regions: tuple[str, ...],
    aggregator: str | None,
    endpoint_url: str | None,
    workers: int,
    print_policy: bool,
) -> None:
    r"""Collect live accounts into a snapshot folder. Reads only, and keeps nothing secret.

    Each profile's account is collected; with roles, the one profile (or the default credentials) takes the roles
    and is itself left out. Run again on the same folder to complete it: what was answered is not asked again, what
    was refused is. Refused calls stand in snapshot.json, and what depends on them is unknown. A finished folder is
    not refreshed: name a new one.

    \b
    Examples:
      narrowgate collect --out ./snapshot --profile network --region us-east-1
      narrowgate collect --out ./snapshot --role-arn arn:aws:iam::111122223333:role/narrowgate-read \
        --role-arn arn:aws:iam::444455556666:role/narrowgate-read
      narrowgate collect --out ./snapshot --organization --role-name narrowgate-read --region eu-west-1
      narrowgate collect --out ./config --config-aggregator everything --profile audit --region us-east-1
      narrowgate collect --print-policy > policy.json
    """
    if print_policy:
        caller = role_name if organization else None
        click.echo(collecting.required_policy(caller, of_aggregator=aggregator is not None))
        return
    if out is None:
        raise click.UsageError("name the folder to write with --out")
    wish = collecting.Wish(
        profiles=profiles,
        role_arns=role_arns,
        role_name=role_name,
        organization=organization,
        external_id=external_id,
        regions=regions,
        endpoint_url=endpoint_url,
    )
    with CallProgress(sys.stderr) as progress:
        collected = collecting.collect_accounts(
            out, wish, aggregator=aggregator, workers=workers, progress=progress.answered
        )
    _tell(collected)
    raise click.exceptions.Exit(int(ExitCode.FAILED if collected.unreachable else ExitCode.HOLDS))


def _tell(collected: collecting.Collected) -> None:
    for lost in collected.unreachable:
        click.echo(f"not collected: {lost.who}: {lost.failure.code}: {lost.failure.error}", err=True)
    for entry in collected.failures[:_SHOWN]:
        if entry.service != "sts":
            place = f"{entry.account}/{entry.region}"
            click.echo(f"unknown: {entry.name} ({place}): {entry.code}: {entry.error}", err=True)
    if len(collected.failures) > _SHOWN:
        click.echo(f"… and {len(collected.failures) - _SHOWN} more in snapshot.json", err=True)
    click.echo(
        f"{collected.folder}: {len(collected.accounts)} accounts, {len(collected.regions)} Regions, "
        f"{collected.requests} requests, {len(collected.failures)} failed, {collected.seconds:.1f} s",
        err=True,
    )
