"""``steward dead-letters`` and ``steward redrive``: what was set aside, without a value in it, and its way back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from cli.environments import OpenEnvironment, environment_option, open_environment
from cli.wording import counted

RUNBOOK = "docs/runbook.md"
TEXT, JSON = "text", "json"


@click.command("dead-letters")
@click.argument("queue", required=False)
@environment_option
@click.option(
    "--discard", metavar="ID", help="Do away with this message of QUEUE; the data protection officer is told."
)
@click.option("--format", "output", type=click.Choice([TEXT, JSON]), default=TEXT, show_default=True)
def dead_letters(*, queue: str | None, environment: str, discard: str | None, output: str) -> int:
    """Show what was set aside: how much in each queue, or of QUEUE each message's id, kind and fields.

    No value of a message is shown: it may name somebody. Needs the role of a platform engineer.
    """
    if discard is not None and queue is None:
        raise click.UsageError("--discard needs the queue that the message is in")
    there = open_environment(environment)
    if queue is None:
        counts = ask(there, {"operation": "counts"})["queues"]
        click.echo(json.dumps(counts) if output == JSON else _counts(counts))
        return 0
    if discard is not None:
        ask(there, {"operation": "discard", "queue": queue, "id": discard})
        click.echo(f"{discard} is gone from {queue}; the data protection officer was told.")
        return 0
    answer = ask(there, {"operation": "look", "queue": queue})
    if output == JSON:
        click.echo(json.dumps(answer["messages"]))
    else:
        click.echo("\n".join(_table(queue, answer)))
    return 0


@click.command("redrive")
@click.argument("queue")
@environment_option
@click.option("--message", metavar="ID", help="Only this message, as `steward dead-letters QUEUE` names it.")
@click.option("--dry-run", is_flag=True, help="Say how many messages would go back.")
def redrive(*, queue: str, environment: str, message: str | None, dry_run: bool) -> int:
    """Put the messages that were set aside for QUEUE, such as hold-requests, back into it, unchanged.

    Each is then dealt with as if it had just arrived. What still cannot be done is set aside again.
    """
    if message is not None and dry_run:
        raise click.UsageError("--dry-run counts all messages; it does not go with --message")
    there = open_environment(environment)
    if message is not None:
        ask(there, {"operation": "one", "queue": queue, "id": message})
        click.echo(f"{message} is back where it came from.")
        return 0
    answer = ask(there, {"operation": "all", "queue": queue, "dry_run": dry_run})
    waiting = int(answer["waiting"])
    if not waiting:
        click.echo(f"Nothing is set aside for {queue}.")
    elif dry_run:
        click.echo(f"{counted(waiting, 'message')} would go back to {queue}; nothing was moved.")
    else:
        click.echo(f"{counted(waiting, 'message')} on the way back to {queue}.")
    return 0


def ask(environment: OpenEnvironment, event: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of the one function that sees and moves these messages.

    Raises ``click.ClickException`` if it refuses.
    """
    # boto3 takes its time, which the other commands do without.
    from steward.failures import AwsError  # noqa: PLC0415

    queue = str(event.get("queue", ""))
    try:
        answer = ask_mover(environment, event)
    except AwsError as problem:
        raise click.ClickException(f"{queue or 'dead letters'}: {problem}") from problem
    match answer:
        case {"status": "refused", "reason": "queue", "queues": list() as names}:
            raise click.ClickException(f"there is no queue {queue}; there are {', '.join(map(str, names))}")
        case {"status": "refused", "reason": "id"}:
            raise click.ClickException(f"{queue}: no message {event['id']} is set aside there now; look again")
        case {"status": "refused", "reason": "no_way_back"}:
            raise click.ClickException(
                f"{queue}: these messages came from no queue, so there is nowhere to put them back;"
                f" see {RUNBOOK}#{queue}"
            )
        case {"status": str() as status} if status != "refused":
            return answer
        case _:
            raise click.ClickException(f"{queue or 'dead letters'}: the function redrive failed; see its log")


def ask_mover(environment: OpenEnvironment, event: dict[str, Any]) -> dict[str, Any]:
    """Invoke ``redrive``; raise ``AwsError``."""
    from steward.aws.errors import translated  # noqa: PLC0415

    with translated("lambda.Invoke"):
        answer = environment.client("lambda").invoke(
            FunctionName=f"{environment.prefix}-redrive", Payload=json.dumps(event).encode()
        )
        found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def _counts(counts: dict[str, int]) -> str:
    filled = {name: number for name, number in counts.items() if number}
    if not filled:
        return "Nothing is set aside."
    width = max(map(len, filled))
    return "\n".join(f"{name:{width}}  {number}" for name, number in sorted(filled.items()))


def _table(queue: str, answer: dict[str, Any]) -> Iterable[str]:
    messages = answer["messages"]
    if not messages:
        yield f"Nothing is set aside for {queue}."
        return
    for one in messages:
        others = (f"{one['others']} other",) if one["others"] else ()
        yield f"{one['id']}  {one['sent_at']}  {one['kind']}  ({', '.join([*one['fields'], *others]) or 'no fields'})"
    if answer["waiting"] > len(messages):
        yield f"and {answer['waiting'] - len(messages)} more"
