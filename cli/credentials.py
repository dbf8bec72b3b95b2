"""The AWS credentials in use: whether there are any, and whether they are for the account that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config

    from infra.config import Deployment


class CredentialsError(Exception):
    """Why no account can be asked: one sentence."""


class OtherAccountError(CredentialsError):
    """The credentials in use are for another account than the environment's."""

    def __init__(self, account: str, deployment: Deployment) -> None:
        """Keep the ``account`` that the credentials are for."""
        super().__init__(
            f"the credentials in use are for the account {account}; "
            f"the environment {deployment.name} is in {deployment.environment.account}"
        )
        self.account = account


def signed_in_to(deployment: Deployment, config: Config | None = None) -> boto3.Session:
    """Return a session with the credentials in use, for the environment's region.

    ``config`` says how patiently AWS is asked for whom they are. Raises :class:`OtherAccountError` if they are not for
    the environment's account, and :class:`CredentialsError` if there are none or AWS does not accept them.
    """
    session = signed_in(deployment.environment.region)
    account = account_of(session, config)
    if account != deployment.environment.account:
        raise OtherAccountError(account, deployment)
    return session


def signed_in(region: str | None = None) -> boto3.Session:
    """Return a session with the credentials in use; raise :class:`CredentialsError` if there are none."""
    # These take their time, which a command that touches no account does without.
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        session = boto3.Session(region_name=region)
        found = session.get_credentials()
    except BotoCoreError as error:
        # A profile that is not configured, or one whose source cannot be reached.
        raise CredentialsError(f"the AWS credentials cannot be used: {error}") from None
    if found is None:
        raise CredentialsError("there are no AWS credentials: sign in, or set AWS_PROFILE")
    return session


def account_of(session: boto3.Session, config: Config | None = None) -> str:
    """Return the account for which the session's credentials are; raise :class:`CredentialsError` if AWS takes none."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    make: Any = session.client
    try:
        return str(make("sts", config=config).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise CredentialsError(f"AWS does not accept the credentials in use: {error}") from None
