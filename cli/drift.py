"""``steward drift``: what is live in another way than it was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cli.environments import OpenEnvironment, environment_option, open_environment
from cli.wording import counted
from infra.ending import WRONG_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEXT, JSON = "text", "json"
LONGEST_SECONDS = 900
"""The function may take that long; asking again while it runs would only make Connect slower."""


@click.command("drift")
@environment_option
@click.option("--format", "output", type=click.Choice([TEXT, JSON]), default=TEXT, show_default=True)
def drift(*, environment: str, output: str) -> int:
    """Compare what is live with what was deployed and with the policy, now, and show what differs.

    Takes some minutes, because Amazon Connect answers slowly. Exit 1 if anything differs that is neither a note nor
    accepted, 2 if something could not be compared. Needs the role of a platform engineer or of the data protection
    officer.
    """
    answer = ask(open_environment(environment))
    if output == JSON:
        click.echo(json.dumps(answer, indent=2))
    else:
        click.echo("\n".join(said(answer)))
    if answer["status"] == "postponed":
        return WRONG_INPUT
    if any(one["harm"] != "note" and not one["accepted"] for one in answer["findings"]):
        return 1
    return WRONG_INPUT if answer["not_shown"] else 0


def ask(environment: OpenEnvironment) -> dict[str, Any]:
    """Let ``compare_configuration`` run, and return its answer. Raises ``click.ClickException``."""
    # boto3 takes its time, which the other commands do without.
    from steward.aws.errors import translated  # noqa: PLC0415
    from steward.failures import AwsError  # noqa: PLC0415

    try:
        with translated("lambda.Invoke"):
            answer = _patient(environment).invoke(
                FunctionName=f"{environment.prefix}-compare_configuration", Payload=b'{"on_demand": true}'
            )
            found: dict[str, Any] = json.loads(answer["Payload"].read())
    except AwsError as problem:
        raise click.ClickException(f"compare_configuration: {problem}") from problem
    if "status" not in found:
        raise click.ClickException("the function compare_configuration failed; see its log")
    return found


def _patient(environment: OpenEnvironment) -> Any:  # noqa: ANN401 - a client of any service
    from botocore.config import Config  # noqa: PLC0415

    make: Any = environment.session.client
    once = Config(read_timeout=LONGEST_SECONDS, retries={"total_max_attempts": 1})
    return make("lambda", region_name=environment.region, config=once)


def said(answer: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines for a person."""
    if answer["status"] == "postponed":
        yield "A deployment is under way: nothing was compared. Ask again when it is over."
        return
    findings, not_shown = answer["findings"], answer["not_shown"]
    for one in findings:
        yield f"{one['harm']}: {one['id']} ({one['name']}), since {one['opened_at']}"
        yield f"  expected: {one['expected']}"
        yield f"  found:    {one['found']}"
        if one["accepted"]:
            yield f"  accepted until {one['accepted']['until']}: {one['accepted']['why']}"
    for one in answer["accepted_without_effect"]:
        yield f"accepted without effect: {one['id']}, until {one['until']}: {one['because']}"
    for one in not_shown:
        yield f"not shown: {one['id']}: {one['why']}"
    differs = "differs" if len(findings) == 1 else "differ"
    yield (
        f"{counted(answer['settings'], 'setting')} compared: {len(findings)} {differs},"
        f" {len(not_shown)} could not be shown."
    )
