"""``steward release`` and ``steward decide``: ask for a decision and make one, signed as whoever is signed in."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import click

from cli.environments import OpenEnvironment, environment_option, open_environment

FINDINGS = 1
OUTPUT = "DecideUrl"
PATIENCE = 35
"""Seconds: a little more than the function has."""

SUBJECTS = ("release", "card_data", "match", "item", "package", "disclosure", "erasure_scope", "erasure")


@click.command("release")
@click.argument("case")
@click.option("--why", required=True, help="The reason, as it will stand in the book of decisions.")
@click.option("--contact", "contacts", multiple=True, help="Only this contact; may be given several times.")
@environment_option
def release(*, case: str, why: str, contacts: tuple[str, ...], environment: str) -> int:
    """Ask for the release of the holds of CASE; somebody else decides it."""
    named = {"contact_ids": list(contacts)} if contacts else {}
    return call(environment, {"subject": "release", "id": case, "decision": "request", "why": why, **named})


@click.command("decide")
@click.argument("subject", type=click.Choice(SUBJECTS))
@click.argument("one", metavar="ID")
@click.argument("decision", type=click.Choice(["approve", "reject"]))
@click.option("--why", default="", help="A reason, as it will stand in the book of decisions.")
@environment_option
def decide(*, subject: str, one: str, decision: str, why: str, environment: str) -> int:
    """Approve or reject what somebody else asked for about SUBJECT and ID."""
    return call(environment, {"subject": subject, "id": one, "decision": decision, "why": why})


def call(name: str, body: dict[str, Any]) -> int:
    """Send a signed call, say its answer, and return the exit code: 1 where it is refused.

    Raises ``click.ClickException`` where there is no answer.
    """
    there = open_environment(name)
    answer = send(there, address(there), body)
    status, reason = answer.get("status", ""), answer.get("reason", "")
    click.echo(f"{status}: {reason}" if reason else status)
    return FINDINGS if status == "refused" else 0


def address(environment: OpenEnvironment) -> str:
    """Return where decisions are made, as the stack publishes it; raise ``click.ClickException``."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only what touches an account needs it

    stack = f"{environment.prefix}-controls"
    try:
        [found] = environment.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        raise click.ClickException(f"{stack} cannot be read: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise click.ClickException(f"CloudFormation cannot be reached: {type(error).__name__}") from None
    for output in found.get("Outputs", ()):
        if output["OutputKey"].endswith(OUTPUT):
            return str(output["OutputValue"])
    raise click.ClickException(f"{stack} publishes no address for decisions")


def send(environment: OpenEnvironment, url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post the body, signed for Lambda with the credentials in use; raise ``click.ClickException``."""
    from urllib.error import HTTPError, URLError  # noqa: PLC0415

    request = signed(environment, url, json.dumps(body).encode())
    try:
        with urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 - the address is the stack's, and https
            answer: dict[str, Any] = json.loads(response.read())
    except HTTPError as error:
        if error.code == 403:  # noqa: PLR2004 - the one answer of IAM
            raise click.ClickException("you are not in a role that may ask or decide here") from None
        raise click.ClickException(f"no answer that can be relied on ({error.code}): try the same again") from None
    except (URLError, TimeoutError, ValueError):
        raise click.ClickException("no answer that can be relied on: try the same again") from None
    return answer


def signed(environment: OpenEnvironment, url: str, body: bytes) -> Request:
    """Return the request with its Signature Version 4; raise ``click.ClickException`` for an address without TLS."""
    from botocore.auth import SigV4Auth  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415

    if not url.startswith("https://"):
        raise click.ClickException("the address for decisions is not https")
    credentials = environment.session.get_credentials()
    if credentials is None:
        raise click.ClickException("there are no AWS credentials: sign in, or set AWS_PROFILE")
    unsigned: Any = AWSRequest(method="POST", url=url, data=body, headers={"content-type": "application/json"})
    SigV4Auth(credentials.get_frozen_credentials(), "lambda", environment.region).add_auth(unsigned)
    return Request(url, data=body, headers=dict(unsigned.headers), method="POST")  # noqa: S310 - https, see above
