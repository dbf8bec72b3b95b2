"""The registers of messaging and payments, read for a person who asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import plain, stamp, values
from steward.clock import Clock
from steward.ids import ContactId, NumberHash
from steward.messaging.ports import NumberHasher
from steward.names import NUMBER_HASH, NUMBER_INDEX, PARTITION_KEY, SORT_KEY
from steward.payments.adapters.items import payments
from steward.rights.finding.registers import Consent, Entries, PausedPayment, Text

_DECISION: Final = "decision#"
"""How the evidence of a decision begins, beside rows that say what is in force."""


@dataclass(frozen=True, kw_only=True)
class DynamoRegisters:
    """Consents, the message log and the payment register. An empty name is of a table that the policy has none of."""

    hasher: NumberHasher | None
    clock: Clock
    consents: str = ""
    messages: str = ""
    payments: str = ""

    def hashed(self, e164: str) -> NumberHash:
        """Return a number's keyed hash; empty where the policy hashes none."""
        return self.hasher.hash(e164) if self.hasher is not None else NumberHash("")

    def contacts_of(self, number: NumberHash) -> tuple[ContactId, ...]:
        """Return the contacts in which a number was consented for or texted."""
        found = [str(row["contact_id"]) for row in self._decisions(number)]
        if self.messages and number:
            texted = _query(self.messages, {NUMBER_HASH: number}, index=NUMBER_INDEX)
            found += [str(row[PARTITION_KEY]) for row in texted]
        return tuple(ContactId(one) for one in dict.fromkeys(found))

    def entries(self, contact_id: ContactId, numbers: Sequence[NumberHash]) -> Entries:
        """Return what stands there of a contact; of texts and consents those of these numbers alone."""
        decided = [row for one in dict.fromkeys(numbers) for row in self._decisions(one)]
        texted = _query(self.messages, {PARTITION_KEY: contact_id}) if self.messages else ()
        paused = payments(_rows(self.payments, {PARTITION_KEY: contact_id}), self.clock.now()) if self.payments else ()
        return Entries(
            texts=tuple(sorted(_text(row) for row in texted if row.get(NUMBER_HASH) in numbers)),
            consents=tuple(sorted(_consent(row) for row in decided if row.get("contact_id") == contact_id)),
            payments=tuple(
                PausedPayment(
                    paused_at=stamp(one.paused_at) if one.paused_at else "",
                    resumed_at=stamp(one.resumed_at) if one.resumed_at else "",
                    status=one.status,
                )
                for one in paused
            ),
        )

    def _decisions(self, number: NumberHash) -> Iterable[Mapping[str, Any]]:
        if not self.consents or not number:
            return
        for row in _query(self.consents, {PARTITION_KEY: number}):
            if str(row[SORT_KEY]).startswith(_DECISION):
                yield row


def _text(row: Mapping[str, Any]) -> Text:
    return Text(
        at=str(row.get("at", "")),
        purpose=str(row.get("purpose", "")),
        template=str(row[SORT_KEY]).partition("/")[0],
        language=str(row.get("language", "")),
        status=str(row.get("delivery_status") or row.get("state", "")),
        body=str(row.get("body") or ""),
    )


def _consent(row: Mapping[str, Any]) -> Consent:
    names = ("at", "purpose", "decision", "wording_version", "language", "how")
    return Consent(**{name: str(row.get(name) or "") for name in names})


def _query(table: str, key: Mapping[str, str], index: str = "") -> Iterator[Mapping[str, Any]]:
    return (plain(row) for row in _rows(table, key, index))


def _rows(table: str, key: Mapping[str, str], index: str = "") -> Iterator[Mapping[str, Any]]:
    [(name, value)] = key.items()
    # An index is eventually consistent (Amazon DynamoDB API reference, Query); the second look sees what was under way.
    how: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": True}
    pages = (
        client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression=f"{name} = :{name}",
            ExpressionAttributeValues=values({f":{name}": value}),
            **how,
        )
    )
    with translated("dynamodb.Query"):
        for page in pages:
            yield from page["Items"]
