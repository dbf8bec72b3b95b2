"""A deployed environment, as a command finds it: account and region compared, every name from its own stacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from cli.credentials import CredentialsError, signed_in_to

if TYPE_CHECKING:
    import boto3

Stack = Literal["stores", "controls", "sms"]
Command = TypeVar("Command", bound=Callable[..., Any])


def environment_option(command: Command) -> Command:
    """Give a command the option ``--environment``, which ``STEWARD_ENVIRONMENT`` sets as well."""
    return click.option(
        "--environment",
        envvar="STEWARD_ENVIRONMENT",
        default="local",
        show_default=True,
        help="The environment that is meant. Or STEWARD_ENVIRONMENT.",
    )(command)


@dataclass(frozen=True)
class OpenEnvironment:
    """An environment whose account the credentials in use are for."""

    name: str
    prefix: str
    region: str
    session: boto3.Session

    def client(self, service: str) -> Any:  # noqa: ANN401 - a client of any service
        """Return a client in the environment's region."""
        make: Any = self.session.client
        return make(service, region_name=self.region)

    def resources(self, stack: Stack) -> dict[str, str]:
        """Return physical ids by logical ids; raise ``click.ClickException`` where there is no such stack."""
        return self._resources[stack]

    @cached_property
    def _resources(self) -> _Stacks:
        return _Stacks(self)


class _Stacks(dict[Stack, dict[str, str]]):
    """Each stack's resources, asked for once."""

    def __init__(self, environment: OpenEnvironment) -> None:
        super().__init__()
        self._environment = environment

    def __missing__(self, stack: Stack) -> dict[str, str]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as below

        name = f"{self._environment.prefix}-{stack}"
        try:
            pages = self._environment.client("cloudformation").get_paginator("list_stack_resources")
            found = [one for page in pages.paginate(StackName=name) for one in page["StackResourceSummaries"]]
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ValidationError":
                # A name is all that was sent; CloudFormation calls one that it does not know invalid.
                raise click.ClickException(
                    f"there is no stack {name} in {self._environment.region} of this account"
                ) from None
            raise click.ClickException(f"CloudFormation does not say what {name} has: {code}") from None
        except BotoCoreError as error:
            raise click.ClickException(f"CloudFormation cannot be reached: {type(error).__name__}") from None
        self[stack] = {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}
        return self[stack]


def open_environment(name: str) -> OpenEnvironment:
    """Return the environment of that name.

    Raises ``click.ClickException``, before anything is sent, if it is not configured or if the credentials in use are
    missing or for another account.
    """
    from infra.config import cdk_context, choose  # noqa: PLC0415
    from infra.refusal import RefusalError  # noqa: PLC0415

    try:
        deployment = choose(cdk_context(), name)
        session = signed_in_to(deployment)
    except (RefusalError, CredentialsError) as problem:
        raise click.ClickException(str(problem)) from None
    return OpenEnvironment(name=name, prefix=deployment.prefix, region=deployment.environment.region, session=session)
