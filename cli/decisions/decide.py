"""``steward release`` and ``steward decide``: ask for a decision and make one, signed as whoever is signed in."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import click

from cli.decisions.cuts import part_of
from cli.environments import OpenEnvironment, environment_option, open_environment
from steward.rights.commands import GROUNDS

FINDINGS = 1
OUTPUT = "DecideUrl"
PATIENCE = 35
"""Seconds: a little more than the function has."""

VERDICTS = ("confirmed", "rejected", "whole", "edited", "transcript_only", "withheld")

FIELDS: dict[str, set[str]] = {
    "match": {"contact_id", "verdict"},
    "item": {"file", "verdict", "ground", "cuts"},
    "package": {"manifest_sha256"},
    "erasure": {"plan_sha256"},
}
"""The fields of a decision that have an option here, by its subject."""

NEEDED = {"match": {"contact_id"}, "item": {"file"}, "package": {"manifest_sha256"}}
"""Those without which there is nothing to decide about."""

_OPTION_OF = {
    "contact_id": "--contact",
    "file": "--file",
    "verdict": "--verdict",
    "ground": "--ground",
    "cuts": "--cut",
    "manifest_sha256": "--manifest",
    "plan_sha256": "--plan",
}

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
@click.option("--contact", default=None, help="The contact that is decided about (match).")
@click.option("--file", default=None, help="The file that is decided about (item).")
@click.option("--verdict", type=click.Choice(VERDICTS), default=None, help="What is said of it (match, item).")
@click.option("--ground", type=click.Choice(GROUNDS), default=None, help="Why it, or a part of it, stays here (item).")
@click.option("--cut", "cuts", multiple=True, metavar="FROM-TO[:left|:right]", help="A part that stays here (item).")
@click.option("--manifest", default=None, help="The SHA-256 of the manifest that you have seen (package).")
@click.option("--plan", default=None, help="The SHA-256 of the plan that you have seen (erasure).")
@environment_option
def decide(
    *,
    subject: str,
    one: str,
    decision: str,
    why: str,
    contact: str | None,
    file: str | None,
    verdict: str | None,
    ground: str | None,
    cuts: tuple[str, ...],
    manifest: str | None,
    plan: str | None,
    environment: str,
) -> int:
    """Approve or reject about SUBJECT and ID: what somebody else asked for, or what you alone can say of it.

    `steward request` says the same of a request in fewer words: confirm, reject, review, cut, approve.
    """
    stated = {
        "contact_id": contact,
        "file": file,
        "verdict": verdict,
        "ground": ground,
        "cuts": [part_of(each) for each in cuts] or None,
        "manifest_sha256": manifest,
        "plan_sha256": plan,
    }
    fields = {name: value for name, value in stated.items() if value is not None}
    wrong = sorted(_OPTION_OF[name] for name in fields.keys() - FIELDS.get(subject, set()))
    if wrong:
        raise click.ClickException(f"{wrong[0]} does not belong to a decision about {subject}")
    missing = sorted(_OPTION_OF[name] for name in NEEDED.get(subject, set()) - fields.keys())
    if missing:
        raise click.ClickException(f"a decision about {subject} needs {missing[0]}")
    return call(environment, {"subject": subject, "id": one, "decision": decision, "why": why, **fields})


def call(name: str, body: dict[str, Any]) -> int:
    """Send a signed call, say its answer, and return the exit code: 1 where it is refused.

    Raises ``click.ClickException`` where there is no answer.
    """
    there = open_environment(name)
    answer = send(there, address(there), body)
    status, reason = answer.get("status", ""), answer.get("reason", "")
    click.echo(f"{status}: {reason}" if reason else status)
    return FINDINGS if status == "refused" else 0


def address(environment: OpenEnvironment, output: str = OUTPUT) -> str:
    """Return where decisions are made, or the address of another output of the stack.

    Raises ``click.ClickException``.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only what touches an account needs it

    stack = f"{environment.prefix}-controls"
    try:
        [found] = environment.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        raise click.ClickException(f"{stack} cannot be read: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise click.ClickException(f"CloudFormation cannot be reached: {type(error).__name__}") from None
    for one in found.get("Outputs", ()):
        if one["OutputKey"].endswith(output):
            return str(one["OutputValue"])
    raise click.ClickException(f"{stack} publishes no {output}")


def send(environment: OpenEnvironment, url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post the body, signed for Lambda with the credentials in use.

    Raises ``click.ClickException`` where nobody answers.
    """
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
