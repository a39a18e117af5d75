"""Clients of the embedded AWS, for each account and Region that a design has."""

from typing import Any

from narrowgate.deploy.embedded.start import EmbeddedAws
from narrowgate.model.errors import InputError


class Clients:
    """Makes clients once; other accounts than the embedded AWS's own are reached by a role."""

    def __init__(self, aws: EmbeddedAws) -> None:
        """Clients of a started AWS.

        Raises:
            InputError: boto3 is not installed.
        """
        try:
            import boto3
        except ImportError:
            raise InputError(
                "the embedded AWS needs boto3, which is not installed", help="pip install 'narrowgate[embedded]'"
            ) from None
        self._aws = aws
        self._make = boto3.Session
        self._own = self._make(aws_access_key_id="embedded", aws_secret_access_key="embedded")  # noqa: S106
        self._sessions: dict[str, Any] = {aws.account: self._own}
        self._clients: dict[tuple[str, str, str], Any] = {}

    def client(self, account: str, region: str, service: str) -> Any:
        """The client of a service."""
        key = (account, region, service)
        if key not in self._clients:
            session = self._session(account)
            self._clients[key] = session.client(service, region_name=region, endpoint_url=self._aws.url)
        return self._clients[key]

    def _session(self, account: str) -> Any:
        if account not in self._sessions:
            sts = self._own.client("sts", region_name="us-east-1", endpoint_url=self._aws.url)
            role = f"arn:aws:iam::{account}:role/narrowgate-embedded"
            given = sts.assume_role(RoleArn=role, RoleSessionName="narrowgate")["Credentials"]
            self._sessions[account] = self._make(
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
            )
        return self._sessions[account]
