"""What a stretch of a story costs in dollars, by the dated price table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.spending.recorder import Spent

_TABLE = Path(__file__).with_name("prices.toml")
_S3_READS = frozenset({"GetObject", "HeadObject", "GetObjectTagging", "GetObjectRetention", "GetObjectLegalHold"})
_S3_FREE = frozenset({"DeleteObject", "DeleteObjects"})
_ROWS_READ = frozenset({"GetItem", "Query", "Scan", "BatchGetItem"})
_FREE = frozenset({"connect", "ssm", "pinpoint-sms-voice-v2"})
"""Connect's API and standard parameters cost nothing; texts are left out, as the bound says."""
_WRITES_IN_TRANSACTION = 2


def prices() -> dict[str, Any]:
    """Return the price table."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


@dataclass
class Bill:
    """Dollars by line."""

    lines: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Return the sum."""
        return sum(self.lines.values())

    def add(self, line: str, dollars: float) -> None:
        """Add to a line."""
        self.lines[line] = self.lines.get(line, 0.0) + dollars

    def times(self, number: float) -> Bill:
        """Return the bill of so many of the same."""
        return Bill({line: dollars * number for line, dollars in self.lines.items()})

    def plus(self, other: Bill) -> Bill:
        """Return both in one."""
        both = Bill(dict(self.lines))
        for line, dollars in other.lines.items():
            both.add(line, dollars)
        return both


def bill(spent: Spent, memory: Mapping[str, int], *, messages: int = 0, tags: int = 0) -> Bill:
    """Return what it cost; ``memory`` is in MB by function, ``messages`` those that came through a queue."""
    table = prices()
    made = Bill()
    for function, invocations in spent.invocations.items():
        calls = sum(spent.by_function[function].values())
        seconds = (
            invocations * table["time"]["milliseconds_per_invocation"] + calls * table["time"]["milliseconds_per_call"]
        ) / 1000
        made.add("Lambda requests", invocations * table["lambda"]["request"]["usd"])
        made.add("Lambda time", seconds * memory[function] / 1024 * table["lambda"]["gb_second_arm64"]["usd"])
    for name, number in spent.calls.items():
        service, _, operation = name.partition(".")
        made.add(*_call(table, service, operation, number, spent))
    # Lambda's poller receives and deletes each message.
    made.add("SQS", 2 * messages * table["events"]["sqs_request"]["usd"])
    made.add("S3 events", spent.s3_events * table["events"]["s3_event"]["usd"])
    made.add("Object tags for six months", 6 * tags * table["s3"]["tag_month"]["usd"])
    made.add("Logs", spent.log_bytes / 1e9 * table["logs"]["gigabyte"]["usd"])
    return made


def _call(table: dict[str, Any], service: str, operation: str, number: int, spent: Spent) -> tuple[str, float]:
    """Return the line of the bill and the dollars for so many calls of one operation."""
    if service in _FREE or operation in _S3_FREE:
        return "Free", 0.0
    if operation == "TransactWriteItems":
        return "DynamoDB", _WRITES_IN_TRANSACTION * spent.transaction_rows * table["dynamodb"]["write_unit"]["usd"]
    kinds = {
        "s3": ("S3 requests", "s3", "get_head" if operation in _S3_READS else "put_copy_list"),
        "dynamodb": ("DynamoDB", "dynamodb", "read_unit" if operation in _ROWS_READ else "write_unit"),
        "sqs": ("SQS", "events", "sqs_request"),
        "sns": ("SNS", "events", "sns_request"),
        "scheduler": ("Schedules", "events", "schedule"),
        "kms": ("KMS", "kms", "request"),
    }
    line, section, item = kinds[service]
    return line, number * float(table[section][item]["usd"])
