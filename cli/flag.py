"""``steward flag``: hold the contacts of a list for one case, by "Complaint Logged" on steward's own bus."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from steward.clock import Clock, SystemClock
from steward.holds.requests import BadRequest, contact_id
from steward.holds.signals import case_events
from steward.policy.holds import HoldReason, Stage

IN_ONE_EVENT = 1000
"""An EventBridge event holds 256 KB; this many ids stay far below (Amazon EventBridge, "PutEvents entry size")."""

COLUMN = "contact_id"


def read_contacts(path: Path) -> tuple[str, ...]:
    """Return the contact ids of a CSV file: its column ``contact_id``, or its only column.

    Raises ``click.ClickException`` with one sentence that names the file and the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as opened:
            return tuple(dict.fromkeys(_ids(path, csv.reader(opened))))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise click.ClickException(f"{path}: {reason}") from None


def _ids(path: Path, rows: Iterator[list[str]]) -> Iterator[str]:
    column: int | None = None
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if column is None:
            titles = [cell.casefold() for cell in cells]
            if COLUMN in titles:
                column = titles.index(COLUMN)
                continue
            if len(cells) > 1:
                raise click.ClickException(f"{path}, line {number}: there is no column {COLUMN}")
            column = 0
        if column >= len(cells):
            raise click.ClickException(f"{path}, line {number}: the column {COLUMN} is missing")
        try:
            yield contact_id(cells[column], COLUMN)
        except BadRequest as error:
            raise click.ClickException(f"{path}, line {number}: {error}") from None


def events(detail: dict[str, Any], contacts: tuple[str, ...], now: datetime) -> list[dict[str, Any]]:
    """Return the events that ask for these holds; raise ``click.ClickException`` if the request has a mistake."""
    details = [
        {**detail, "contact_ids": list(contacts[start : start + IN_ONE_EVENT])}
        for start in range(0, len(contacts), IN_ONE_EVENT)
    ]
    try:
        for one in details:
            case_events.logged(one, now)
    except BadRequest as error:
        raise click.ClickException(str(error)) from None
    return details


@click.command("flag")
@click.argument("case")
@click.argument("contacts", type=click.Path(path_type=Path))
@click.option("--bus", required=True, help="Name of steward's event bus, as the stack's output says.")
@click.option("--received-on", default="", metavar="YYYY-MM-DD", help="London date of receipt; today if not given.")
@click.option(
    "--reason",
    type=click.Choice([one.value for one in HoldReason]),
    default=HoldReason.COMPLAINT.value,
    show_default=True,
)
@click.option("--stage", type=click.Choice([one.value for one in Stage]), default=Stage.ONE.value, show_default=True)
@click.option("--requested-by", required=True, help="Who asks for the hold.")
@click.option("--dry-run", is_flag=True, help="Check the list and say what would be sent.")
def flag(
    *, case: str, contacts: Path, bus: str, received_on: str, reason: str, stage: str, requested_by: str, dry_run: bool
) -> int:
    """Hold the contacts listed in the CSV file CONTACTS for CASE."""
    clock: Clock = SystemClock()
    listed = read_contacts(contacts)
    if not listed:
        raise click.ClickException(f"{contacts}: lists no contact")
    detail = {
        "case": case,
        "reason": reason,
        "stage": stage,
        "received_on": received_on,
        "requested_by": requested_by,
    }
    details = events(detail, listed, clock.now())
    if dry_run:
        click.echo(f"{len(listed)} contacts in {len(details)} events would be sent; nothing was.")
        return 0
    for one in details:
        _send(bus, one)
    click.echo(f"{len(listed)} contacts were sent for holding; the register tells what came of each.")
    return 0


def _send(bus: str, detail: dict[str, Any]) -> None:
    import boto3  # noqa: PLC0415 - only a real run needs AWS
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    entry = {
        "EventBusName": bus,
        "Source": "steward.complaints",
        "DetailType": "Complaint Logged",
        "Detail": json.dumps(detail),
    }
    try:
        answer = boto3.client("events").put_events(Entries=[entry])  # type: ignore[list-item]
    except (ClientError, BotoCoreError) as error:
        raise click.ClickException(f"EventBridge did not take the events: {error}") from None
    if answer["FailedEntryCount"]:
        code = answer["Entries"][0].get("ErrorCode", "no reason")
        raise click.ClickException(f"EventBridge did not take the events: {code}. Sending the list again is safe.")
