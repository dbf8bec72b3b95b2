"""A small Amazon Connect, SQS and SNS in memory, and the payment register on moto, for tests of payments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import msgspec
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from steward.ids import ContactId
from steward.payments.adapters.connect import ConnectRecording
from steward.payments.adapters.items import payments
from steward.payments.adapters.notices import Topic
from steward.payments.adapters.register_table import RegisterTable
from steward.payments.adapters.watch_queue import WatchQueue
from steward.payments.control import RecordingController
from steward.payments.guard import PaymentGuard
from steward.payments.messages import ContactEvent, FollowAgain, LookAgain, Message, read
from steward.payments.model import Answer, Asker, Call, Entry, Operation, Request
from steward.policy.payments import Payments, RecordingType

Client = Any
"""A boto3 client; boto3 makes their classes at run time."""
Result = Any
CALL = ContactId("562d0208-b98c-47d2-9b9f-a329e7bf0c80")
NEXT = ContactId("005d99c3-06d2-4d91-9b69-e6266d5ca164")
START = datetime(2027, 1, 12, 14, 20, tzinfo=UTC)
POLICY = Payments(suspend=tuple(RecordingType), limit_minutes=10, register_months=24)
TABLE = "payments"


class Killed(BaseException):
    """The Lambda host died."""


class ManualClock:
    def __init__(self, start: datetime = START) -> None:
        self.moment = start

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Fault:
    error: str
    after_effect: bool = False


@dataclass
class BotocoreHooks:
    """What every AWS call passes: counts it, lets it fail, or lets the host die after it."""

    clock: ManualClock
    calls: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[Fault | None]] = field(default_factory=lambda: defaultdict(list))
    kill_after: int | None = None
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens just before an operation is carried out, once."""
    latency: timedelta = timedelta(0)

    def fail(self, operation: str, error: str, *, times: int = 1, after_effect: bool = False) -> None:
        self.faults[operation] += [Fault(error, after_effect) for _ in range(times)]

    def succeed(self, operation: str, *, times: int) -> None:
        """Let the next calls pass before what is made to fail afterwards."""
        self.faults[operation] += [None] * times

    def call(self, operation: str, effect: Callable[[], Result]) -> Result:
        self.calls[operation] += 1
        self.clock.moment += self.latency
        interruption = self.meanwhile.pop(operation, None)
        if interruption:
            interruption()
        fault = self.faults[operation].pop(0) if self.faults[operation] else None
        if fault and not fault.after_effect:
            self._fail(operation, fault.error)
        result = effect()
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after == 0:
                self.kill_after = None
                raise Killed
        if fault:
            self._fail(operation, fault.error)
        return result

    def _fail(self, operation: str, error: str) -> None:
        if error == "ReadTimeout":
            self.clock.sleep(0.8)
            raise ReadTimeoutError(endpoint_url="https://connect.invalid")
        raise refusal(operation, error)


def refusal(operation: str, code: str) -> ClientError:
    status = 500 if code.startswith("Internal") else 400
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)


class SmallConnect:
    """Contacts by id: which types record, and how. Suspending what does not record is an invalid request."""

    def __init__(self, wire: BotocoreHooks, clock: ManualClock) -> None:
        self.wire = wire
        self.clock = clock
        self.recording: dict[str, dict[str, str]] = {}
        self.ended: dict[str, datetime] = {}
        self.tags: dict[str, dict[str, str]] = defaultdict(dict)

    def start(self, contact_id: str, *kinds: str) -> None:
        self.recording.setdefault(contact_id, {}).update(dict.fromkeys(kinds, "recording"))

    def end(self, contact_id: str) -> None:
        self.ended[contact_id] = self.clock.now()

    def records(self, contact_id: str) -> bool:
        """Whether anything of that call is being recorded now."""
        return contact_id not in self.ended and "recording" in self.recording.get(contact_id, {}).values()

    def recorded(self, contact_id: str) -> set[str]:
        """What is being recorded of that call now."""
        states = {} if contact_id in self.ended else self.recording.get(contact_id, {})
        return {kind for kind, state in states.items() if state == "recording"}

    def _change(self, operation: str, before: str, after: str, arguments: dict[str, str]) -> None:
        contact_id = arguments["ContactId"]

        def effect() -> None:
            if contact_id not in self.recording:
                raise refusal(operation, "ResourceNotFoundException")
            kinds = self.recording[contact_id]
            wanted = [arguments["ContactRecordingType"]] if "ContactRecordingType" in arguments else list(kinds)
            ready = [kind for kind in wanted if kinds.get(kind) == before]
            if contact_id in self.ended or not ready:
                raise refusal(operation, "InvalidRequestException")
            kinds.update(dict.fromkeys(ready, after))

        self.wire.call(operation, effect)

    def suspend_contact_recording(self, **arguments: str) -> None:
        self._change("SuspendContactRecording", "recording", "suspended", arguments)

    def resume_contact_recording(self, **arguments: str) -> None:
        self._change("ResumeContactRecording", "suspended", "recording", arguments)

    def tag_contact(self, *, ContactId: str, Tags: dict[str, str], **_: str) -> None:  # noqa: N803
        self.wire.call("TagContact", lambda: self.tags[ContactId].update(Tags))

    def untag_contact(self, *, ContactId: str, TagKeys: list[str], **_: str) -> None:  # noqa: N803
        self.wire.call("UntagContact", lambda: [self.tags[ContactId].pop(key, None) for key in TagKeys])

    def describe_contact(self, *, ContactId: str, **_: str) -> dict[str, Any]:  # noqa: N803
        def effect() -> dict[str, Any]:
            if ContactId not in self.recording:
                raise refusal("DescribeContact", "ResourceNotFoundException")
            ended = self.ended.get(ContactId)
            return {"Contact": {"Id": ContactId} | ({"DisconnectTimestamp": ended} if ended else {})}

        return dict(self.wire.call("DescribeContact", effect))

    def list_associated_contacts(self, *, ContactId: str, **_: object) -> dict[str, Any]:  # noqa: ARG002, N803
        """Every contact is one of a single chain here."""
        first = next(iter(self.recording))

        def summary(one: str) -> dict[str, Any]:
            earlier = {} if one == first else {"PreviousContactId": first, "InitiationMethod": "TRANSFER"}
            ended = {"DisconnectTimestamp": self.ended[one]} if one in self.ended else {}
            return {"ContactId": one, "InitialContactId": first, "Channel": "VOICE", **earlier, **ended}

        rows = [summary(one) for one in self.recording]
        return dict(self.wire.call("ListAssociatedContacts", lambda: {"ContactSummaryList": rows}))


class SmallQueue:
    """SQS with delays; ``due`` hands out what has become visible."""

    def __init__(self, wire: BotocoreHooks, clock: ManualClock) -> None:
        self.wire = wire
        self.clock = clock
        self.messages: list[tuple[datetime, str]] = []

    def send_message(self, *, MessageBody: str, DelaySeconds: int = 0, **_: str) -> None:  # noqa: N803
        assert 0 <= DelaySeconds <= 900
        visible = self.clock.now() + timedelta(seconds=DelaySeconds)
        self.wire.call("SendMessage", lambda: self.messages.append((visible, MessageBody)))

    def due(self) -> list[Message]:
        ready = [body for visible, body in self.messages if visible <= self.clock.now()]
        self.messages = [(visible, body) for visible, body in self.messages if visible > self.clock.now()]
        return [read(body) for body in ready]

    def waiting(self) -> list[LookAgain | FollowAgain]:
        return [msgspec.json.decode(body, type=LookAgain | FollowAgain) for _, body in self.messages]


class SmallTopic:
    def __init__(self, wire: BotocoreHooks) -> None:
        self.wire = wire
        self.notices: list[tuple[str, str]] = []

    def publish(self, *, Subject: str, Message: str, **_: str) -> None:  # noqa: N803
        self.wire.call("Publish", lambda: self.notices.append((Subject, Message)))


class WiredTable:
    """A DynamoDB client whose calls pass the wire."""

    def __init__(self, wire: BotocoreHooks, real: Client) -> None:
        self._wire = wire
        self._real = real

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = "".join(part.capitalize() for part in name.split("_"))
        return lambda **arguments: self._wire.call(operation, lambda: getattr(self._real, name)(**arguments))


def as_client(small: object) -> Client:
    """Take what answers the few calls of a test for the whole client."""
    return small


class PaymentFixture:
    """Everything around a payment."""

    def __init__(self, database: Client, policy: Payments = POLICY) -> None:
        self.clock = ManualClock()
        self.wire = BotocoreHooks(self.clock)
        self.connect = SmallConnect(self.wire, self.clock)
        self.queue = SmallQueue(self.wire, self.clock)
        self.topic = SmallTopic(self.wire)
        self.database = database
        self.register = RegisterTable(as_client(WiredTable(self.wire, database)), TABLE, self.clock)
        recording = ConnectRecording(as_client(self.connect), "8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4")
        self.controller = RecordingController(
            policy=policy,
            control=recording,
            contacts=recording,
            register=self.register,
            watch=WatchQueue(as_client(self.queue), "https://sqs.invalid/payments", self.clock),
            clock=self.clock,
        )
        self.counts: Counter[str] = Counter()
        self.guard = PaymentGuard(
            controller=self.controller,
            notices=Topic(as_client(self.topic), "arn:aws:sns:eu-west-2:111122223333:supervisors"),
            count=lambda name: self.counts.update([name]),
        )

    def ask(self, operation: str, contact_id: ContactId = CALL, asker: Asker = Asker.FLOW) -> Answer:
        return self.controller.carry_out(Request(Operation(operation), Call(contact_id, CALL), asker))

    def later(self, **span: float) -> None:
        self.clock.moment += timedelta(**span)

    def entry(self, contact_id: ContactId = CALL) -> Entry | None:
        return self.register.find(contact_id)

    def items(self) -> list[dict[str, Any]]:
        return list(self.database.scan(TableName=TABLE)["Items"])

    def run_guard(self) -> None:
        for message in self.queue.due():
            self.guard.deal_with(message)


@contextmanager
def aws_without_network() -> Iterator[Client]:
    """A DynamoDB client on moto."""
    with mock_aws():
        yield boto3.client(
            "dynamodb",
            region_name="eu-west-2",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106 -- moto takes anything
        )


def fresh_table(database: Client) -> None:
    """Make the register's table anew."""
    if TABLE in database.list_tables()["TableNames"]:
        database.delete_table(TableName=TABLE)
    database.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "open_state", "AttributeType": "S"},
            {"AttributeName": "asked_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "open",
                "KeySchema": [
                    {"AttributeName": "open_state", "KeyType": "HASH"},
                    {"AttributeName": "asked_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


def hung_up(world: PaymentFixture) -> ContactEvent:
    return ContactEvent("DISCONNECTED", CALL, CALL, None, is_voice=True, at=world.clock.now())


def transfer(world: PaymentFixture, *kinds: str) -> None:
    """Continue the call as a new contact, which records again."""
    world.later(seconds=30)
    world.connect.end(CALL)
    world.connect.start(NEXT, *(kinds or ("AGENT", "SCREEN")))


def statuses(world: PaymentFixture) -> list[tuple[str, str]]:
    return [(line.contact_id, line.status) for line in payments(world.items(), world.clock.now())]
