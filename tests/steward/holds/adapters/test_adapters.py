"""What the adapters send is within AWS's limits, and failures come per row, as AWS answers them.

Amazon S3 API reference, "DeleteObjects" (1,000 keys); Amazon DynamoDB API reference, "TransactWriteItems" (100
actions); Amazon SQS API reference, "SendMessageBatch" (10 messages, each of which may fail by itself).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from steward.aws import queries
from steward.failures import Unavailable
from steward.holds.adapters import batches, evidence, outbox_table, register_table, releases, rows, work
from steward.holds.cases import Case
from steward.holds.inspecting.settled import Settled
from steward.holds.ports import Ledgered, NotHandedOver, VersionConflict
from steward.holds.register import ContactHolds, HeldArtefact
from steward.holds.telling.sayings import Kind, Saying
from steward.ids import CaseRef, ContactId, RecordClass, Sha256

NOW = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
CALL = ContactId("call-1")


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, operation)


class Aws:
    """S3, DynamoDB and SQS as one client, as far as the adapters need them, with AWS's limits."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.refused: set[str] = set()
        self.once = False
        """Whether what is refused is taken when it comes again."""
        self.taken: list[dict[str, Any]] = []
        self.broken = 0
        self.newest: dict[str, Any] = {}
        self.conflict = ""

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002, N803
        objects = Delete["Objects"]
        if not 0 < len(objects) <= 1000:
            raise refusal("MalformedXML", "DeleteObjects")
        self.sizes.append(len(objects))
        return {"Errors": [one | {"Code": "AccessDenied"} for one in objects if one["Key"] in self.refused]}

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        if not 0 < len(TransactItems) <= 100:
            raise refusal("ValidationException", "TransactWriteItems")
        if self.conflict:
            cancelled: Any = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [{"Code": self.conflict}],
            }
            raise ClientError(cancelled, "TransactWriteItems")
        self.sizes.append(len(TransactItems))

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ARG002, N803
        if not 0 < len(Entries) <= 10:
            raise refusal("TooManyEntriesInBatchRequest", "SendMessageBatch")
        if self.broken:
            self.broken -= 1
            raise refusal("InternalError", "SendMessageBatch")
        failed = []
        for entry in Entries:
            message = json.loads(entry["MessageBody"])
            if message["contact_id"] in self.refused:
                self.refused -= {message["contact_id"]} if self.once else set()
                failed.append({"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"})
            else:
                self.taken.append(message)
        return {"Failed": failed}

    def get_item(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool = False) -> dict[str, Any]:  # noqa: ARG002, N803
        return {"Item": self.newest} if ConsistentRead else {}

    def get_paginator(self, _operation: str) -> Aws:
        return self

    def paginate(self, *, ConsistentRead: bool = False, **_: object) -> list[dict[str, Any]]:  # noqa: N803
        return [{"Items": [self.newest] if ConsistentRead else []}]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    account = Aws()
    for module in (batches, evidence, outbox_table, queries, register_table):
        monkeypatch.setattr(module, "client", lambda _service: account)
    return account


def test_five_thousand_versions_go_in_five_requests_and_what_s3_refuses_of_each_is_known(aws: Aws) -> None:
    versions = tuple((f"{number}.wav", "v1") for number in range(5000))
    aws.refused = {"7.wav", "4999.wav"}

    assert evidence.S3HeldCopies("held").dispose(versions) == (("7.wav", "v1"), ("4999.wav", "v1"))
    assert aws.sizes == [1000] * 5


def test_two_hundred_and_fifty_entries_of_the_ledger_are_written_within_the_limit_of_a_transaction(aws: Aws) -> None:
    entries = [Ledgered(bucket="held", key=f"{number}", version_id="v", cause="hold_ended") for number in range(250)]
    register_table.DynamoRegister("register").enter_disposal(entries, NOW)

    assert sum(aws.sizes) == 250


def test_a_contact_with_two_hundred_copies_is_stored_within_the_limit_of_a_transaction(aws: Aws) -> None:
    copies = tuple(copy(number) for number in range(200))
    before = ContactHolds(contact_id=CALL, version=3)
    after = register_table.DynamoRegister("register").save(before, ContactHolds(contact_id=CALL, artefacts=copies))

    # Each transaction carries the contact's own row, whose version guards it.
    assert sum(aws.sizes) == 200 + len(aws.sizes)
    assert after.version == 3 + len(aws.sizes)


def test_two_hundred_and_fifty_things_that_were_told_are_forgotten_within_the_limit_of_a_transaction(aws: Aws) -> None:
    told = [
        Saying(
            case=CaseRef("C-1"), kind=Kind.PARTIAL, contact_id=ContactId(f"call-{number}"), opening="", lines=(), at=NOW
        )
        for number in range(250)
    ]
    outbox_table.DynamoOutbox("register").remove(told)

    assert sum(aws.sizes) == 250


def copy(number: int) -> HeldArtefact:
    return HeldArtefact(
        contact_id=CALL,
        record_class=RecordClass.ATTACHMENT,
        source_bucket="attachments",
        source_key=str(number),
        source_version="v",
        hold_key=f"{CALL}/{number}",
        hold_version="v",
        sha256=Sha256("0" * 64),
        bytes=1,
        held_at=NOW,
        legal_hold=True,
    )


@pytest.mark.parametrize("reason", ["ConditionalCheckFailed", "TransactionConflict"])
def test_a_contact_that_somebody_else_writes_at_the_same_time_is_a_conflict(aws: Aws, reason: str) -> None:
    aws.conflict = reason
    with pytest.raises(VersionConflict):
        register_table.DynamoRegister("register").save(
            ContactHolds(contact_id=CALL, version=3), ContactHolds(contact_id=CALL, artefacts=(copy(1),))
        )


@pytest.mark.parametrize(
    "send",
    [
        lambda queue, ids: queue.reinspect(ids),
        lambda queue, ids: queue.hold(CaseRef("C-1"), ids, "chain"),
        lambda queue, ids: queue.apply(CaseRef("C-1"), ids),
        lambda queue, ids: releases.SqsReleases(queue.queue_url).order(CaseRef("C-1"), ids),
    ],
)
def test_a_message_that_the_queue_refuses_is_sent_again_and_if_it_stays_refused_named(
    aws: Aws, send: Callable[[work.SqsWork, list[ContactId]], None]
) -> None:
    ids = [ContactId(f"call-{number}") for number in range(25)]
    aws.refused, aws.once = {"call-3", "call-14"}, True
    send(work.SqsWork("queue"), ids)
    assert sorted(one["contact_id"] for one in aws.taken) == sorted(ids)

    aws.taken.clear()
    aws.refused, aws.once = {"call-3", "call-14"}, False
    with pytest.raises(NotHandedOver) as told:
        send(work.SqsWork("queue"), ids)
    assert told.value.contact_ids == ("call-3", "call-14")
    assert isinstance(told.value, Unavailable)
    assert sorted(one["contact_id"] for one in aws.taken) == sorted(set(ids) - aws.refused)


def test_a_batch_that_fails_as_a_whole_leaves_the_other_batches_alone(aws: Aws) -> None:
    ids = [ContactId(f"call-{number:02}") for number in range(25)]
    aws.broken = 2
    with pytest.raises(NotHandedOver) as told:
        work.SqsWork("queue").reinspect(ids)
    assert told.value.contact_ids == tuple(ids[:10])
    assert [one["contact_id"] for one in aws.taken] == ids[10:]


def test_only_a_routine_inspection_says_so(aws: Aws) -> None:
    work.SqsWork("queue").reinspect([CALL])
    work.SqsWork("queue").reinspect([CALL], routine=True)
    assert [one.get("routine") for one in aws.taken] == [None, True]


def test_what_looks_have_to_ask_is_noted_with_the_file_and_read_again() -> None:
    at = datetime(2027, 5, 7, 2, 30, tzinfo=UTC)
    left = Settled(places=(("recordings", "Analysis/Voice/2027/05/07/call-1"),), until=at, whole_at=at, turn=3)
    file = ContactHolds(contact_id=CALL, version=3, inspected_at=at, settled=left)
    assert rows.read_file(CALL, [rows.file_row(file)]) == file
    unnoted = {name: one for name, one in rows.file_row(file).items() if name != "settled"}
    assert rows.read_file(CALL, [unnoted]).settled is None


def test_of_an_own_row_that_cannot_be_read_the_agenda_gives_the_contact() -> None:
    file = ContactHolds(contact_id=CALL, version=3, inspected_at=datetime(2027, 5, 7, 2, 30, tzinfo=UTC))
    row = rows.file_row(file)
    assert rows.read_own_row(row) == file
    assert rows.read_own_row({**row, "version": {"S": "many"}}) == ContactHolds(contact_id=CALL)


def test_what_was_just_written_is_read(aws: Aws) -> None:
    """Without ConsistentRead DynamoDB may answer with what was there before (developer guide, "Read consistency")."""
    table = register_table.DynamoRegister("register")
    aws.newest = rows.case_row(Case(case=CaseRef("C-1"), requested_by="complaints"))
    assert table.case(CaseRef("C-1")) is not None
    aws.newest = rows.artefact_row(copy(1))
    assert table.file(CALL).artefacts == (copy(1),)
    aws.newest = {"pk": {"S": "CASE#C-1"}, "sk": {"S": f"CONTACT#{CALL}"}}
    assert list(table.contacts_of(CaseRef("C-1"))) == [CALL]
