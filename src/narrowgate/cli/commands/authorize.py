"""`narrowgate authorize`."""

from pathlib import Path
from typing import NoReturn

import click

from narrowgate import api
from narrowgate.cli.exit_codes import ExitCode
from narrowgate.cli.options import format_option, verbose_option
from narrowgate.cli.output import finish, terminal_style
from narrowgate.model.policy import ProofOutcome
from narrowgate.report.authorize import render_authorize
from narrowgate.report.json import to_json
from narrowgate.report.proof import render_proof

_FILE = click.Path(path_type=Path)
_PROOF_STATUS = {
    ProofOutcome.HOLDS: ExitCode.HOLDS,
    ProofOutcome.REFUTED: ExitCode.DOES_NOT_HOLD,
    ProofOutcome.UNKNOWN: ExitCode.UNDECIDED,
}


@click.command(name="authorize")
@click.option("--request", type=_FILE, metavar="FILE", help="The request (see docs/authorize.md).")
@click.option("--resource-policy", type=_FILE, metavar="FILE", help="The API's policy.")
@click.option("--endpoint-policy", type=_FILE, metavar="FILE", help="The VPC endpoint's policy.")
@click.option(
    "--identity-policy",
    "identity_policies",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="A policy of the caller (repeatable).",
)
@click.option(
    "--policy",
    "narrow",
    multiple=True,
    metavar="[KIND=]FILE",
    help="For a proof: a policy that must admit (repeatable: all must). KIND is resource (the default), endpoint, "
    "identity or scp.",
)
@click.option(
    "--no-wider-than",
    "wide",
    multiple=True,
    metavar="[KIND=]FILE",
    help="Prove that no request is admitted by --policy and refused here (repeatable).",
)
@format_option
@verbose_option
def command(
    *,
    request: Path | None,
    resource_policy: Path | None,
    endpoint_policy: Path | None,
    identity_policies: tuple[Path, ...],
    narrow: tuple[str, ...],
    wide: tuple[str, ...],
    output_format: str,
    verbose: bool,
) -> None:
    r"""Would policies let this request of a private API through, and which statement decides?

    With --policy and --no-wider-than it proves for all requests that one set of policies admits no more than
    another, or shows a request that is admitted by the first only.

    \b
    Examples:
      narrowgate authorize --request request.json --resource-policy api.json --endpoint-policy endpoint.json
      narrowgate authorize --policy new.json --no-wider-than old.json
      narrowgate authorize --policy api.json --policy endpoint=endpoint.json --no-wider-than api.json
    """
    if narrow or wide:
        if request is not None or not (narrow and wide):
            raise click.UsageError("a proof takes --policy and --no-wider-than, and no --request")
        _prove(narrow, wide, output_format)
    if request is None:
        raise click.UsageError("missing option '--request' (or --policy with --no-wider-than)")
    answer = api.authorize(
        api.Document.read(request),
        resource_policy=api.Document.read(resource_policy) if resource_policy else None,
        endpoint_policy=api.Document.read(endpoint_policy) if endpoint_policy else None,
        identity_policies=[api.Document.read(path) for path in identity_policies],
    )
    finish(answer, render_authorize(answer, terminal_style(), verbose=verbose), answer.verdict, output_format)


def _prove(narrow: tuple[str, ...], wide: tuple[str, ...], output_format: str) -> NoReturn:
    proof = api.prove_no_wider(list(map(_document, narrow)), list(map(_document, wide)))
    click.echo(to_json(proof) if output_format == "json" else render_proof(proof, terminal_style()))
    raise click.exceptions.Exit(int(_PROOF_STATUS[proof.outcome]))


def _document(text: str) -> tuple[str, api.Document]:
    kind, equals, path = text.partition("=")
    if not equals or kind not in api.POLICY_KINDS:
        kind, path = "resource", text
    return kind, api.Document.read(Path(path))
