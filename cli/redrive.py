"""``steward redrive``: puts what was set aside back into its queue, once its cause is gone."""

from __future__ import annotations

import json
import re
from typing import Any

import click

from cli.environments import OpenEnvironment, environment_option, open_environment
from cli.wording import counted

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
    from steward.failures import AwsError  # noqa: PLC0415

    there = open_environment(environment)
    queues = {name: found for name, found in there.resources("controls").items() if name.endswith("Queue")}
    _check(queue, queues)
    try:
        return _move(there, queue, dry_run=dry_run)
    except AwsError as problem:
        raise click.ClickException(f"{queue}: {problem}") from problem


def _check(queue: str, addresses: dict[str, str]) -> None:
    """Raise ``click.ClickException`` for a queue of these whose messages came from no queue.

    Which others there are the function knows: some are of the stack that keeps data.
    """
    with_dead_letters = {
        _readable(name.removesuffix(DEAD_LETTERS)) for name in addresses if name.endswith(DEAD_LETTERS)
    }
    if queue not in with_dead_letters and queue in {_readable(name.removesuffix("Queue")) for name in addresses}:
        raise click.ClickException(
            f"{queue}: these messages came from no queue, so SQS cannot put them back; see {RUNBOOK}#{queue}"
        )


def _move(environment: OpenEnvironment, queue: str, *, dry_run: bool) -> int:
    answer = ask_mover(environment, {"queue": queue, "dry_run": dry_run})
    waiting = int(answer.get("messages", 0))
    messages = counted(waiting, "message")
    if answer.get("status") == "refused":
        raise click.ClickException(f"there is no queue {queue}; there are {', '.join(answer.get('queues', ()))}")
    if answer.get("status") not in {"moving", "nothing"}:
        raise click.ClickException(f"{queue}: the function that moves messages failed; see its log")
    if not waiting:
        click.echo(f"Nothing is set aside for {queue}.")
    elif dry_run:
        click.echo(f"{messages} would go back to {queue}; nothing was moved.")
    else:
        click.echo(f"{messages} on the way back to {queue}.")
    return 0


def ask_mover(environment: OpenEnvironment, event: dict[str, Any]) -> dict[str, Any]:
    """Invoke the one function that may send to the queues; raise ``AwsError``."""
    from steward.aws.errors import translated  # noqa: PLC0415

    with translated("lambda.Invoke"):
        answer = environment.client("lambda").invoke(
            FunctionName=f"{environment.prefix}-redrive", Payload=json.dumps(event).encode()
        )
        found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def _readable(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
