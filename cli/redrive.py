"""``steward redrive``: puts what was set aside back into its queue, once its cause is gone."""

from __future__ import annotations

import re

import click

from cli.environments import OpenEnvironment, environment_option, open_environment

DEAD_LETTERS = "DeadLettersQueue"
RUNBOOK = "docs/runbook.md"


@click.command("redrive")
@click.argument("queue")
@environment_option
@click.option("--dry-run", is_flag=True, help="Say how many messages would go back.")
def redrive(*, queue: str, environment: str, dry_run: bool) -> int:
    """Put the messages that were set aside for QUEUE, such as hold-requests, back into it.

    Each is then dealt with as if it had just arrived. What still cannot be done is set aside again.
    """
    # boto3 takes its time, which the other commands do without.
    from steward.aws.errors import AwsError  # noqa: PLC0415

    there = open_environment(environment)
    queues = {name: found for name, found in there.resources("controls").items() if name.endswith("Queue")}
    address = _choose(queue, queues)
    try:
        return _move(there, queue, address, dry_run=dry_run)
    except AwsError as problem:
        raise click.ClickException(f"{queue}: {problem}") from problem


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


def _move(environment: OpenEnvironment, queue: str, address: str, *, dry_run: bool) -> int:
    from steward.aws.errors import translated  # noqa: PLC0415

    sqs = environment.client("sqs")
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
