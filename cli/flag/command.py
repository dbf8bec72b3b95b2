"""``steward flag``: hold the contacts of a list for one case, by "Complaint Logged" on steward's own bus."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import click

from cli.environments import OpenEnvironment, environment_option, open_environment
from cli.flag.waiting import Came, Register
from cli.wording import counted
from steward import limits
from steward.clock import Clock, SystemClock
from steward.holds.requests import BadRequest, contact_id
from steward.holds.signals import case_events
from steward.policy.holds import HoldReason, Stage

IN_ONE_EVENT = 1000
"""An EventBridge event holds 256 KB; this many ids stay far below (Amazon EventBridge, "PutEvents entry size")."""

MOST_BAD = 1000
"""So many bad rows of a list are named; with more it is no list of contacts."""

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
        text = limits.read(path, limits.CONTACTS).decode("utf-8-sig")
        for found, problem in _rows(csv.reader(io.StringIO(text, newline="")), path):
            if problem:
                bad.append(f"{path}, {problem}")
            else:
                contacts[found] = None
            if len(bad) > MOST_BAD:
                raise click.ClickException(f"{path}: has more than {MOST_BAD} bad rows, the first: {bad[0]}")
    except limits.OverLimit as problem:
        raise click.ClickException(f"{path}: {problem}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise click.ClickException(f"{path}: {reason}") from None
    except csv.Error as error:
        raise click.ClickException(f"{path}: is not CSV ({error})") from None
    return ContactList(contacts=tuple(contacts), bad_rows=tuple(bad))


def _rows(rows: Any, path: Path) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - csv's reader, which counts its lines
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
                raise click.ClickException(f"{path}, line {rows.line_num}: there is no column {COLUMN}")
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
@click.option("--wait", "waits", is_flag=True, help="Wait until the register says what came of each contact.")
@click.option("--patience", type=click.IntRange(1), default=300, show_default=True, help="Seconds to wait at most.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
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
    waits: bool,
    patience: int,
    output: Literal["text", "json"],
) -> int:
    """Hold the contacts listed in the CSV file CONTACTS for CASE.

    A row that cannot be read is named and stops no other; the exit status is then 1. With --wait it is 1 as well unless
    every contact is held whole.
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
    answer: dict[str, Any] = {
        "case": case,
        "contacts": len(listed.contacts),
        "events": len(details),
        "left_out": list(listed.bad_rows),
    }
    if dry_run:
        what = f"{counted(len(listed.contacts), 'contact')} in {counted(len(details), 'event')} would be sent"
        _say(output, {**answer, "sent": False}, f"{what}; nothing was{_left_out(listed, 'would be refused')}.")
        return 1 if listed.bad_rows else 0
    there = open_environment(environment)
    # Asked before anything is sent: who may not read the register learns it before the flag, not after it.
    table = _register(there) if waits else ""
    bus = _bus(there)
    for one in details:
        _send(there, bus, one)
    sent = f"{counted(len(listed.contacts), 'contact')} sent for holding{_left_out(listed, 'left out')}"
    if not waits:
        _say(output, {**answer, "sent": True}, f"{sent}; the register tells what came of each.")
        return 1 if listed.bad_rows else 0
    click.echo(f"steward: {sent}; waiting for the register", err=True)
    came = _wait(there, table, case, listed.contacts, patience)
    _say(output, {**answer, "sent": True, "came": [asdict(one) for one in came]}, _table(came))
    return 0 if all(one.is_held for one in came) and not listed.bad_rows else 1


def _left_out(listed: ContactList, what: str) -> str:
    return f"; {counted(len(listed.bad_rows), 'row')} {what}" if listed.bad_rows else ""


def _say(output: str, answer: dict[str, Any], text: str) -> None:
    click.echo(json.dumps(answer, indent=2) if output == "json" else text)


def _register(environment: OpenEnvironment) -> str:
    try:
        return environment.resources("stores")["RegisterTable"]
    except KeyError:
        raise click.ClickException(f"the stacks of {environment.name} have no RegisterTable") from None


def _wait(environment: OpenEnvironment, table: str, case: str, contacts: tuple[str, ...], patience: int) -> list[Came]:
    """Ask the register, with a bar on stderr where that is a terminal; return the outcomes in the list's order."""
    from steward.failures import AwsError  # noqa: PLC0415 - only a real run needs AWS

    came: dict[str, Came] = {}
    try:
        with click.progressbar(length=len(contacts), label="held", file=sys.stderr) as bar:
            for one in Register(environment, table).wait_for(case, contacts, patience):
                came[one.contact_id] = one
                bar.update(1)
    except AwsError as problem:
        raise click.ClickException(f"sent, but the register does not answer: {problem}") from None
    return [came[contact] for contact in contacts]


def _table(came: list[Came]) -> str:
    """Return a line for each contact and a summary."""
    rows = [
        ("contact", "status", "files", "why"),
        *((one.contact_id, one.status, str(one.files), one.why) for one in came),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in rows
    ]
    totals = Counter(one.status for one in came)
    summary = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in totals.most_common())
    return "\n".join([*lines, f"{counted(len(came), 'contact')}: {summary}"])


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
