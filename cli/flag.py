"""``steward flag``: hold the contacts of a list for one case, by "Complaint Logged" on steward's own bus."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.environments import OpenEnvironment, environment_option, open_environment
from steward.clock import Clock, SystemClock
from steward.holds.requests import BadRequest, contact_id
from steward.holds.signals import case_events
from steward.policy.holds import HoldReason, Stage

IN_ONE_EVENT = 1000
"""An EventBridge event holds 256 KB; this many ids stay far below (Amazon EventBridge, "PutEvents entry size")."""

COLUMN = "contact_id"
_TITLE = "contactid"
"""The column's title without what spreadsheets change: capitals, spaces, underscores."""


@dataclass(frozen=True, kw_only=True)
class ContactList:
    """What a list of contacts says: the ids that can be sent, and a sentence for each row that cannot."""

    contacts: tuple[str, ...]
    bad_rows: tuple[str, ...]


def read_contacts(path: Path) -> ContactList:
    """Return the contacts of a CSV file: its column ``contact_id``, in any spelling, or its only column.

    A bad row is named with its line and stops no other. Raises ``click.ClickException`` for a file that cannot be read.
    """
    contacts: dict[str, None] = {}
    bad: list[str] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as opened:
            for found, problem in _rows(csv.reader(opened)):
                if problem:
                    bad.append(f"{path}, {problem}")
                else:
                    contacts[found] = None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise click.ClickException(f"{path}: {reason}") from None
    except csv.Error as error:
        raise click.ClickException(f"{path}: is not CSV ({error})") from None
    return ContactList(contacts=tuple(contacts), bad_rows=tuple(bad))


def _rows(rows: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - csv's reader, which counts its lines
    """Yield each row's contact id, or what is wrong with it."""
    column: int | None = None
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if column is None:
            titles = [re.sub(r"[\W_]", "", cell.casefold()) for cell in cells]
            if _TITLE in titles:
                column = titles.index(_TITLE)
                continue
            if len(cells) > 1:
                raise click.ClickException(f"line {rows.line_num}: there is no column {COLUMN}")
            column = 0
        if column >= len(cells) or not cells[column]:
            yield "", f"line {rows.line_num}: the column {COLUMN} is missing"
            continue
        try:
            yield contact_id(cells[column], COLUMN), ""
        except BadRequest as error:
            yield "", f"line {rows.line_num}: {error}"


def events(detail: dict[str, Any], contacts: tuple[str, ...], now: datetime) -> list[dict[str, Any]]:
    """Return the events that ask for these holds; raise ``click.ClickException`` if the request has a mistake."""
    details = [
        {**detail, "contact_ids": list(contacts[start : start + IN_ONE_EVENT])}
        for start in range(0, len(contacts), IN_ONE_EVENT)
    ]
    try:
        for one in details:
            # What would be assumed of an event is asked of a person who is still there to correct it.
            doubts = [doubt for request in case_events.logged(one, now) for doubt in request.doubts]
            if doubts and detail.get("received_on"):
                problem, _, _ = doubts[0].problem.partition(";")
                raise click.ClickException(f"{doubts[0].field}: {problem}")
    except BadRequest as error:
        raise click.ClickException(str(error)) from None
    return details


@click.command("flag")
@click.argument("case")
@click.argument("contacts", type=click.Path(path_type=Path))
@environment_option
@click.option("--received-on", default="", metavar="YYYY-MM-DD", help="London date of receipt; today if not given.")
@click.option(
    "--reason",
    type=click.Choice([one.value for one in HoldReason]),
    default=HoldReason.COMPLAINT.value,
    show_default=True,
)
@click.option("--stage", type=click.Choice([one.value for one in Stage]), default=Stage.ONE.value, show_default=True)
@click.option("--requested-by", required=True, help="Who asks for the hold.")
@click.option("--dry-run", is_flag=True, help="Check the list and say what would be sent and what refused.")
def flag(
    *,
    case: str,
    contacts: Path,
    environment: str,
    received_on: str,
    reason: str,
    stage: str,
    requested_by: str,
    dry_run: bool,
) -> int:
    """Hold the contacts listed in the CSV file CONTACTS for CASE.

    A row that cannot be read is named and stops no other; the exit status is then 1.
    """
    clock: Clock = SystemClock()
    listed = read_contacts(contacts)
    for sentence in listed.bad_rows:
        click.echo(f"steward: {sentence}; this row is left out", err=True)
    if not listed.contacts:
        raise click.ClickException(f"{contacts}: lists no contact")
    detail = {
        "case": case,
        "reason": reason,
        "stage": stage,
        "received_on": received_on,
        "requested_by": requested_by,
    }
    details = events(detail, listed.contacts, clock.now())
    left_out = f"; {len(listed.bad_rows)} rows were left out" if listed.bad_rows else ""
    if dry_run:
        click.echo(f"{len(listed.contacts)} contacts in {len(details)} events would be sent; nothing was{left_out}.")
    else:
        there = open_environment(environment)
        bus = _bus(there)
        for one in details:
            _send(there, bus, one)
        click.echo(
            f"{len(listed.contacts)} contacts were sent for holding{left_out}; the register tells what came of each."
        )
    return 1 if listed.bad_rows else 0


def _bus(environment: OpenEnvironment) -> str:
    """Return the name of the environment's bus once EventBridge has said that it is there.

    PutEvents to a bus that does not exist drops the event and may report no failure (aws/aws-cli issue 9186).
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as below

    try:
        return str(environment.client("events").describe_event_bus(Name=environment.prefix)["Name"])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            place = f"{environment.region} of this account"
            raise click.ClickException(
                f"there is no event bus {environment.prefix} in {place}: deploy it first"
            ) from None
        raise click.ClickException(f"EventBridge does not say whether the bus is there: {code}") from None
    except BotoCoreError as error:
        raise click.ClickException(f"EventBridge cannot be reached: {type(error).__name__}") from None


def _send(environment: OpenEnvironment, bus: str, detail: dict[str, Any]) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - only a real run needs AWS

    entry = {
        "EventBusName": bus,
        "Source": "steward.complaints",
        "DetailType": "Complaint Logged",
        "Detail": json.dumps(detail),
    }
    try:
        answer = environment.client("events").put_events(Entries=[entry])
    except (ClientError, BotoCoreError) as error:
        raise click.ClickException(f"EventBridge did not take the events: {error}") from None
    if answer["FailedEntryCount"]:
        code = answer["Entries"][0].get("ErrorCode", "no reason")
        raise click.ClickException(f"EventBridge did not take the events: {code}. Sending the list again is safe.")
