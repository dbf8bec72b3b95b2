"""Has a pack signed by ``write_statement``, the one function that may use the council's key for statements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cli.evidence.pack import NAME
from steward.archive import Entry
from steward.evidence.packs import REQUEST

if TYPE_CHECKING:
    from cli.environments import OpenEnvironment

SECONDS = 60
"""Signing takes less than five; whoever waits longer is told."""


def envelope_for(environment: OpenEnvironment, manifest: Entry) -> Entry:
    """Return the signed envelope of a pack with that manifest.

    Raises ``click.ClickException`` in one sentence where there is none: nobody takes an unsigned pack for a signed one.
    """
    # boto3 takes its time, which the other commands do without.
    from steward.aws.errors import translated  # noqa: PLC0415
    from steward.failures import AwsError  # noqa: PLC0415

    try:
        with translated("lambda.Invoke"):
            answer = _client(environment).invoke(
                FunctionName=f"{environment.prefix}-write_statement",
                Payload=json.dumps({REQUEST: manifest.sha256}).encode(),
            )
            said: dict[str, Any] = json.loads(answer["Payload"].read())
    except AwsError as problem:
        raise _not_signed(str(problem)) from problem
    if answer.get("FunctionError"):
        # https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html: what the exception says is in there.
        raise _not_signed(str(said.get("errorMessage", "see its log")))
    if "envelope" not in said:
        raise _not_signed(str(said.get("why", "what is deployed signs no packs yet: deploy first")))
    return Entry(name=NAME, content=said["envelope"].encode())


def _not_signed(why: str) -> click.ClickException:
    return click.ClickException(
        f"the pack was not signed and was not written: write_statement: {why}. --unsigned writes one that says so"
    )


def _client(environment: OpenEnvironment) -> Any:  # noqa: ANN401 - a client of any service
    from botocore.config import Config  # noqa: PLC0415

    make: Any = environment.session.client
    return make("lambda", region_name=environment.region, config=Config(read_timeout=SECONDS))
