"""`narrowgate probe`."""

from importlib import resources

import click


@click.command(name="probe")
def command() -> None:
    r"""Print a program that calls a private API from a client, and tells step by step how far it came.

    One Python file (3.8 or newer) that needs nothing else: paste it into a shell on the client, run it by SSM, or
    deploy it as a Lambda function in the client's VPC (handler `lambda_handler`). Its JSON goes beside a
    prediction: `narrowgate trace ... --observed probe.json`.

    \b
    Examples:
      narrowgate probe > probe.py
      python3 probe.py https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders > probe.json
      narrowgate trace ./snapshot --from web-1 --observed probe.json \
        https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/prod/orders
    """
    text = resources.files("narrowgate.probe").joinpath("requester.py").read_text(encoding="utf-8")
    click.echo(text, nl=False)
