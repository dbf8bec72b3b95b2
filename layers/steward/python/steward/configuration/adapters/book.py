"""Findings as rows of the register, and the mails about them.

| pk | sk | row |
| --- | --- | --- |
| ``CONFIGURATION`` | ``CODE`` | what each function was made of when it was first read |
| ``CONFIGURATION`` | ``OPEN#<finding>`` | a finding that is open |
| ``CONFIGURATION`` | ``CLOSED#<finding>#<moment it was opened>`` | one that was, and that nobody was told of yet |
| ``CONFIGURATION-HISTORY`` | ``<moment it was closed>#<finding>`` | one that was, for thirteen months |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from steward.aws import rows
from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.aws.queries import queried
from steward.configuration import telling
from steward.configuration.accepting import Accepted
from steward.configuration.code import Code
from steward.configuration.findings import KEPT, Finding
from steward.failures import PreconditionFailed
from steward.names import CONFIGURATION, CONFIGURATION_HISTORY, EXPIRES_AT, PARTITION_KEY, SORT_KEY

_NOW: Final = CONFIGURATION
_PAST: Final = CONFIGURATION_HISTORY


CODE: Final = "CODE"
"""The sort key of the row about code."""


@dataclass(frozen=True, kw_only=True)
class _Codes:
    functions: dict[str, Code]


@dataclass(frozen=True)
class RegisterBook:
    """Findings in the register's table."""

    table: str

    def findings(self) -> list[Finding]:
        """Return those that are open, and those that are closed and not told yet."""
        return [rows.read(row, Finding) for row in self._rows() if row[SORT_KEY]["S"] != CODE]

    def code(self) -> Mapping[str, Code]:
        """Return what each function was made of when it was first read, by its subject."""
        [*found] = (rows.read(row, _Codes).functions for row in self._rows() if row[SORT_KEY]["S"] == CODE)
        return found[0] if found else {}

    def keep_code(self, code: Mapping[str, Code]) -> None:
        """Write it in the place of what was there: two runs at a time read the same."""
        row = {**rows.write(_Codes(functions=dict(code))), **rows.values({PARTITION_KEY: _NOW, SORT_KEY: CODE})}
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.PutItem"):
            dynamodb.put_item(TableName=self.table, Item=row)

    def _rows(self) -> Iterator[rows.Row]:
        return queried(
            self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk",
            ExpressionAttributeValues=rows.values({":pk": _NOW}),
            ConsistentRead=True,
        )

    def keep(self, finding: Finding, before: Finding | None) -> bool:
        """Write a finding in the place of the same one as it was ``before``; False where another run was there first.

        What is closed changes its row as an open one for another in one transaction.
        """
        if finding.closed_at is None:
            return self._put(_NOW, f"OPEN#{finding.id}", finding, before)
        closed = f"CLOSED#{finding.id}#{rows.stamp(finding.opened_at)}"
        if not finding.told:
            return before is None or self._close(closed, finding, before)
        self._put(
            _PAST,
            f"{rows.stamp(finding.closed_at)}#{finding.id}",
            finding,
            None,
            expires=finding.closed_at + KEPT,
            again=True,
        )
        dynamodb: Any = client("dynamodb")
        with translated("dynamodb.DeleteItem"):
            dynamodb.delete_item(TableName=self.table, Key=rows.values({PARTITION_KEY: _NOW, SORT_KEY: closed}))
        return True

    def _put(
        self,
        partition: str,
        key: str,
        finding: Finding,
        before: Finding | None,
        *,
        expires: datetime | None = None,
        again: bool = False,
    ) -> bool:
        """Write a row where none is, or where it is as it was read; ``again``: whatever is there says the same."""
        ends = int(expires.timestamp()) if expires else None
        row = {**rows.write(finding), **rows.values({PARTITION_KEY: partition, SORT_KEY: key, EXPIRES_AT: ends})}
        condition: dict[str, Any] = {} if again else {"ConditionExpression": f"attribute_not_exists({PARTITION_KEY})"}
        if before is not None:
            condition = _as_it_was(before)
        dynamodb: Any = client("dynamodb")
        try:
            with translated("dynamodb.PutItem"):
                dynamodb.put_item(TableName=self.table, Item=row, **condition)
        except PreconditionFailed:
            return False
        return True

    def _close(self, key: str, finding: Finding, before: Finding) -> bool:
        row = {**rows.write(finding), **rows.values({PARTITION_KEY: _NOW, SORT_KEY: key})}
        opened = rows.values({PARTITION_KEY: _NOW, SORT_KEY: f"OPEN#{before.id}"})
        dynamodb: Any = client("dynamodb")
        try:
            with translated("dynamodb.TransactWriteItems"):
                dynamodb.transact_write_items(
                    TransactItems=[
                        {"Put": {"TableName": self.table, "Item": row}},
                        {"Delete": {"TableName": self.table, "Key": opened, **_as_it_was(before)}},
                    ]
                )
        except PreconditionFailed:
            return False
        return True


def _as_it_was(before: Finding) -> dict[str, Any]:
    """Return the condition that nobody wrote a row since it was read."""
    return {
        "ConditionExpression": "opened_at = :opened AND seen_at = :seen",
        "ExpressionAttributeValues": rows.values(
            {":opened": rows.stamp(before.opened_at), ":seen": rows.stamp(before.seen_at)}
        ),
    }


@dataclass(frozen=True)
class SnsNotices:
    """Publishes to the data protection officer and to supervisors. Settings name no person."""

    officer_topic: str
    supervisors_topic: str

    def opened_and_closed(self, opened: Sequence[Finding], closed: Sequence[Finding]) -> None:
        """Tell what differs now, and what does not any more."""
        subject, lines = telling.opened_and_closed(opened, closed)
        send_mail(self.officer_topic, subject, "\n".join(lines))

    def ending(self, accepted: Sequence[tuple[Finding, Accepted]]) -> None:
        """Tell what is accepted for a few days more."""
        subject, lines = telling.ending(accepted)
        send_mail(self.officer_topic, subject, "\n".join(lines))

    def card_payments_unsafe(self, findings: Sequence[Finding]) -> None:
        """Tell the supervisors."""
        subject, lines = telling.card_payments(findings)
        send_mail(self.supervisors_topic, subject, "\n".join(lines))
