"""``steward redrive``: puts what was set aside back into its queue, once its cause is gone."""

from __future__ import annotations

import re
from typing import Any

import click

DEAD_LETTERS = "DeadLettersQueue"
RUNBOOK = "docs/runbook.md"


@click.command("redrive")
@click.argument("queue")
@click.option(
    "--environment",
    envvar="STEWARD_ENVIRONMENT",
    default="local",
    show_default=True,
    help="The environment of cdk.json. Or STEWARD_ENVIRONMENT.",
)
@click.option("--dry-run", is_flag=True, help="Say how many messages would go back.")
def redrive(*, queue: str, environment: str, dry_run: bool) -> int:
    """Put the messages that were set aside for QUEUE, such as hold-requests, back into it.

    Each is then dealt with as if it had just arrived. What still cannot be done is set aside again.
    """
    # boto3 takes its time, which the other commands do without.
    from steward.aws.errors import AwsError  # noqa: PLC0415

    try:
        address = _choose(queue, _queues(f"{environment}-steward-controls"))
        return _move(queue, address, dry_run=dry_run)
    except AwsError as problem:
        raise click.ClickException(f"{queue}: {problem}") from problem


def _queues(stack: str) -> dict[str, str]:
    """Return the addresses of the stack's queues by their logical ids; raise ``AwsError``."""
    import boto3  # noqa: PLC0415

    from steward.aws.errors import InvalidRequest, translated  # noqa: PLC0415

    try:
        with translated("cloudformation.ListStackResources"):
            pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
            resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    except InvalidRequest as problem:
        # A name is all that was sent; CloudFormation calls one that it does not know invalid.
        raise click.ClickException(f"there is no stack {stack} in this account and region") from problem
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::SQS::Queue"
    }


def _choose(queue: str, addresses: dict[str, str]) -> str:
    """Return the address of the dead-letter queue that belongs to the readable name."""
    with_dead_letters = {
        _readable(name.removesuffix(DEAD_LETTERS)): address
        for name, address in addresses.items()
        if name.endswith(DEAD_LETTERS)
    }
    if queue in with_dead_letters:
        return with_dead_letters[queue]
    if queue in {_readable(name.removesuffix("Queue")) for name in addresses}:
        raise click.ClickException(
            f"{queue}: these messages came from no queue, so SQS cannot put them back; see {RUNBOOK}#{queue}"
        )
    raise click.ClickException(f"there is no queue {queue}; there are {', '.join(sorted(with_dead_letters))}")


def _move(queue: str, address: str, *, dry_run: bool) -> int:
    import boto3  # noqa: PLC0415

    from steward.aws.errors import translated  # noqa: PLC0415

    sqs: Any = boto3.client("sqs")
    with translated("sqs.GetQueueAttributes"):
        known = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["QueueArn", "ApproximateNumberOfMessages"])
    waiting = int(known["Attributes"]["ApproximateNumberOfMessages"])
    messages = "1 message" if waiting == 1 else f"{waiting} messages"
    if not waiting:
        click.echo(f"Nothing is set aside for {queue}.")
    elif dry_run:
        click.echo(f"{messages} would go back to {queue}; nothing was moved.")
    else:
        with translated("sqs.StartMessageMoveTask"):
            sqs.start_message_move_task(SourceArn=known["Attributes"]["QueueArn"])
        click.echo(f"{messages} on the way back to {queue}.")
    return 0


def _readable(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
