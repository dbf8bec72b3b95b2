"""The command: read, say a line for each thing, and end with what stands in the way."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from typing import Literal

import click

from cli.credentials import CredentialsError, signed_in
from cli.doctor.findings import Line, Severity, exit_status


@click.command("doctor")
@click.option(
    "--environment",
    envvar="STEWARD_ENVIRONMENT",
    default="",
    help="The environment whose account is to be read. Or STEWARD_ENVIRONMENT.",
)
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Say also what is as it has to be.")
@click.option("--teardown", is_flag=True, help="Say when the hold bucket may go, and nothing else.")
@click.option("--policy", is_flag=True, help="Print the IAM policy that a role needs for this, and read nothing.")
def doctor(*, environment: str, output: Literal["text", "json"], everything: bool, teardown: bool, policy: bool) -> int:
    """Read a live account before anything changes; nothing is written.

    A STOP is what would make the deployment fail or break a promise: exit 1. What could not be read is skipped, which
    is no pass: exit 2.
    """
    # The CDK library and boto3 take their time, which the other commands do without.
    from cli.doctor.checks.teardown import when  # noqa: PLC0415
    from cli.doctor.examination import examine_environment, policy_text  # noqa: PLC0415
    from cli.doctor.reading import LiveAccount  # noqa: PLC0415
    from infra.config import cdk_context, choose  # noqa: PLC0415
    from infra.refusal import RefusalError  # noqa: PLC0415

    if policy:
        click.echo(policy_text(), nl=False)
        return 0
    if not environment:
        raise click.ClickException("name the environment to read: --environment NAME")
    try:
        deployment = choose(cdk_context(), environment)
        session = signed_in()
        if teardown:
            account = LiveAccount(session, deployment.environment.region)
            return _say(list(when(account, deployment.prefix)), output)
        examination = examine_environment(environment, session)
    except (RefusalError, CredentialsError) as problem:
        raise click.ClickException(str(problem)) from problem
    lines, expected = examination.lines, examination.outlook
    if output == "json":
        answer = {"lines": [dataclasses.asdict(line) for line in lines], "outlook": dataclasses.asdict(expected)}
        click.echo(json.dumps(answer, indent=2))
        return exit_status(lines)
    for line in lines:
        if everything or line.severity is not Severity.FINE:
            click.echo(str(line))
    click.echo(f"declared: {expected.made} resources; adopted: {', '.join(expected.adopted) or 'nothing'}")
    click.echo(f"replaced: {', '.join(expected.replaced) or 'nothing'}")
    click.echo(f"left to people: {'; '.join(expected.by_a_person)}")
    click.echo(_verdict(lines, environment))
    return exit_status(lines)


def _say(lines: list[Line], output: Literal["text", "json"]) -> int:
    if output == "json":
        click.echo(json.dumps({"lines": [dataclasses.asdict(line) for line in lines]}, indent=2))
    else:
        for line in lines:
            click.echo(str(line))
    return exit_status(lines)


def _verdict(lines: list[Line], environment: str) -> str:
    counts = Counter(line.severity for line in lines)
    said = ", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity])
    return f"{environment}: {said}"
