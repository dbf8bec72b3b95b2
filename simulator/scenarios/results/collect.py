"""Reads the state of a world: from S3, from the deployed tables through each capability's reader, from the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, get_args

import msgspec

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.s3.store import LIFECYCLE, StoredVersion
from simulator.aws.sms.state import consents
from simulator.scenarios.actions import OWN_BUS, Store
from simulator.scenarios.results.findings import findings_of
from simulator.scenarios.results.register import Register, read_register
from simulator.scenarios.results.rights import disclosures_of, erasures_of, requests_of
from simulator.scenarios.results.shapes import (
    Consent,
    DeadLetter,
    DecisionState,
    Disposal,
    Message,
    Notification,
    Payment,
    RecordingState,
    Response,
    State,
    StoredObject,
    StoreState,
    UnmatchedEvent,
)
from simulator.scenarios.results.statements import statements_of
from steward.clock import LONDON
from steward.decisions.adapters.book_table import read_rows
from steward.payments.adapters.items import payments
from steward.policy.model import Policy

_CAUSES: Final = {
    LIFECYCLE: "lifecycle",
    "retire_contact_records": "retention_sweep",
    "retire_applications": "retention_sweep",
}
"""Why those delete for good who do it without the register's ledger; anybody else does it because somebody asked."""


CONSENTS: Final = "Consents"
DECISIONS: Final = "Decisions"
PAYMENT_REGISTER: Final = "PaymentRegister"
"""Logical ids in the templates; a policy without messaging or payments has no such table."""


def collect(world: EmbeddedAws, *, policy: Policy, responses: Sequence[Response]) -> State:
    """Return the whole state, every list in a fixed order."""
    register = read_register(world)
    return State(
        now=world.clock.now(),
        policy=policy.council.slug,
        stores={
            store: StoreState(bucket=bucket, objects=[_object(version) for version in world.s3.stores_state(bucket)])
            for store, bucket in sorted(_stores(world).items())
        },
        holds=register.holds,
        disposals=disposals_of(world, register),
        messages=messages_of(world),
        consents=consents_of(world),
        recordings=recordings_of(world),
        payments=payments_of(world),
        notifications=notifications_of(world),
        dead_letters=sorted(
            (DeadLetter(queue=letter.queue, body=letter.body) for letter in world.dead_letters()),
            key=lambda letter: (letter.queue, letter.body),
        ),
        decisions=decisions_of(world),
        unmatched=unmatched_of(world),
        requests=requests_of(world, policy.subject_rights),
        disclosures=disclosures_of(world),
        erasures=erasures_of(world),
        statements=statements_of(world),
        findings=findings_of(world),
        responses=list(responses),
        calls={function: dict(sorted(calls.items())) for function, calls in sorted(world.calls.items())},
    )


def disposals_of(world: EmbeddedAws, register: Register) -> list[Disposal]:
    """Return what is gone for good from the stores, in order of time and key."""
    stores = {bucket: store for store, bucket in _stores(world).items()}
    rows = [
        Disposal(
            at=gone.at,
            store=stores[gone.bucket],
            key=gone.key,
            version_id=gone.version_id,
            cause=register.causes.get((gone.bucket, gone.key, gone.version_id)) or _CAUSES.get(gone.actor, "erasure"),
        )
        for gone in world.s3.deletions
        if gone.bucket in stores
    ]
    return sorted(rows, key=lambda row: (row.at, row.store, row.key, row.version_id or ""))


def recordings_of(world: EmbeddedAws) -> list[RecordingState]:
    """Return every recording that Connect made, by contact and type."""
    rows = [msgspec.convert(row, RecordingState) for row in world.connect.recordings_state()]
    return sorted(rows, key=lambda row: (row.contact_id, row.type))


def notifications_of(world: EmbeddedAws) -> list[Notification]:
    """Return what was published to topics, by moment: workers at the same time finish in any order."""
    rows = (Notification(at=notice.at, topic=notice.topic, subject=notice.subject) for notice in world.notifications)
    return sorted(rows, key=lambda row: row.at)


def messages_of(world: EmbeddedAws) -> list[Message]:
    """Return every text that the SMS service accepted, in order."""
    rows = [msgspec.convert(row, Message) for row in world.sms.messages()]
    return sorted(rows, key=lambda row: (row.at, row.message_id))


def consents_of(world: EmbeddedAws) -> list[Consent]:
    """Return every decision that the deployed table keeps, in order of time."""
    table = world.names.tables.get(CONSENTS)
    rows = [msgspec.convert(row, Consent) for row in consents(world.client("dynamodb"), table)] if table else []
    return sorted(rows, key=lambda row: (row.at, row.number_hash, row.purpose))


def payments_of(world: EmbeddedAws) -> list[Payment]:
    """Return every pause that the deployed register knows, in the order in which they were asked for."""
    table = world.names.tables.get(PAYMENT_REGISTER)
    if table is None:
        return []
    pages = world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    return [msgspec.convert(line, Payment, from_attributes=True) for line in payments(items, world.clock.now())]


def decisions_of(world: EmbeddedAws) -> list[DecisionState]:
    """Return every call that the deployed book of decisions keeps, in order of time."""
    table = world.names.tables.get(DECISIONS)
    if table is None:
        return []
    pages = world.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    found = sorted(
        read_rows(item for page in pages for item in page["Items"]), key=lambda row: (row.at, row.id, row.number)
    )
    return [
        DecisionState(
            at=row.at, subject=row.subject, id=row.id, by=str(row.by), decision=row.decision, outcome=row.outcome
        )
        for row in found
    ]


def unmatched_of(world: EmbeddedAws) -> list[UnmatchedEvent]:
    """Return every event that no rule took, in order; the project's own bus by the name that scenarios give it."""
    return [
        UnmatchedEvent(
            at=event.at,
            bus=event.bus if event.bus == "default" else OWN_BUS,
            source=event.source,
            detail_type=event.detail_type,
        )
        for event in world.router.unmatched
    ]


def _stores(world: EmbeddedAws) -> dict[str, str]:
    """Return the deployed buckets by record class or ``legal_hold``."""
    return {store: bucket for store, bucket in world.names.buckets.items() if store in get_args(Store)}


def _object(version: StoredVersion) -> StoredObject:
    return StoredObject(
        key=version.key,
        version_id=version.version_id,
        bytes=version.bytes,
        last_modified=datetime.fromisoformat(version.last_modified),
        is_latest=version.is_latest,
        tags=dict(sorted(version.tags.items())),
        lock_mode=version.lock_mode,
        retain_until=_london(version.retain_until),
        legal_hold=version.legal_hold == "ON",
    )


def _london(moment: str | None) -> datetime | None:
    return datetime.fromisoformat(moment).astimezone(LONDON) if moment else None
