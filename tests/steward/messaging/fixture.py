"""A contact centre's messaging on moto: real adapters, a clock that is set by hand, failures on demand."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import boto3
import moto
import msgspec
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config
from moto.core.models import botocore_stubber

from simulator.aws.dynamodb import fast_transactions
from simulator.aws.sms import SmsAccount
from simulator.aws.sms.backend import current_account, install, sms_voice_backends
from simulator.aws.sms.state import consents
from simulator.aws.wire.faults import Faults, broken_line, error_response
from steward.messaging import flow_call
from steward.messaging.adapters.consent_book import DynamoConsentBook
from steward.messaging.adapters.kms import KmsNumberHasher
from steward.messaging.adapters.message_log import DynamoMessageLog
from steward.messaging.adapters.sms import SmsVoice, SmsVoiceOptOuts
from steward.messaging.answers import Answer
from steward.messaging.consent import Consents
from steward.messaging.delivery import Deliveries
from steward.messaging.sending import Texts
from steward.names import MESSAGE_INDEX
from steward.policy.messaging import Messaging
from steward.retention.expiry import expires_at

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MOBILE = "+447400123456"
OTHER_MOBILE = "+447400654321"
SENDER = "phone-0123456789abcdef"
LANGUAGES = ("en", "cy")

POLICY: dict[str, Any] = {
    "lawful_basis": "consent",
    "purposes": {"signposting": "Links to services", "reminders": "Dates of appointments"},
    "wordings": {
        "v1": {"purpose": "signposting", "text": {"en": "May we text you?", "cy": "Gawn ni decstio?"}},
        "v2": {"purpose": "signposting", "text": {"en": "May we text you a link?", "cy": "Gawn ni decstio dolen?"}},
        "r1": {"purpose": "reminders", "text": {"en": "May we remind you?", "cy": "Gawn ni eich atgoffa?"}},
    },
    "templates": {
        "hello": {"purpose": "signposting", "text": {"en": "Hello.", "cy": "Helô."}},
        "bins": {"purpose": "signposting", "text": {"en": "Bin day: {day}.", "cy": "Diwrnod biniau: {day}."}},
        "visit": {"purpose": "reminders", "text": {"en": "See you on {day}.", "cy": "Welwn ni chi {day}."}},
    },
    "countries": ["GB"],
}

Client = Any
Anything = Any  # botocore's own, which has no types


class Killed(BaseException):
    """The invocation dies here, as when Lambda kills it."""


@dataclass
class BotocoreHooks:
    """Counts and breaks calls."""

    calls: Counter[str] = field(default_factory=Counter)
    faults: Faults = field(default_factory=Faults)
    kill_after: int | None = None
    open: bool = False
    """Whether calls pass uncounted and unbroken: the test itself is asking."""
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens just before the next call of an operation."""

    def __call__(self, request: Anything, event_name: str, model: Anything, **_: object) -> Anything:
        if self.open:
            return botocore_stubber(event_name, request)
        service = str(model.service_model.service_name)
        self.calls[f"{service}.{model.name}"] += 1
        if model.name in self.before:
            self.before.pop(model.name)()
        fault = self.faults.take(service, model.name)
        response = botocore_stubber(event_name, request) if fault is None or fault.after_effect else None
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after == 0:
                self.kill_after = None
                raise Killed
        if fault is None:
            return response
        lost = broken_line(fault.error)
        if lost is None:
            return error_response(request, model, fault.error)
        raise lost(endpoint_url=request.url)


@dataclass
class Clients:
    dynamodb: Client
    kms: Client
    sms: Client
    wire: BotocoreHooks
    key_id: str


@contextmanager
def aws_without_network() -> Iterator[Clients]:
    install()
    stop = fast_transactions()
    with moto.mock_aws():
        wire = BotocoreHooks()
        seen: dict[str, Any] = {}

        def remember(model: Anything, **_: object) -> None:
            seen["model"] = model

        def send(request: Anything, event_name: str, **_: object) -> Anything:
            return wire(request, event_name, seen["model"])

        made: dict[str, Client] = {}
        for service in ("dynamodb", "kms", "pinpoint-sms-voice-v2"):
            client: Client = boto3.client(service, "eu-west-2", config=Config(retries={"total_max_attempts": 1}))
            client.meta.events.unregister("before-send", botocore_stubber)
            client.meta.events.register_first("before-call", remember)
            client.meta.events.register_first("before-send", send)
            made[service] = client
        key = made["kms"].create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
        yield Clients(made["dynamodb"], made["kms"], made["pinpoint-sms-voice-v2"], wire, key)
    stop()


@dataclass
class Clock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Agenda:
    """What will happen, and a clock that goes there."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return self.clock.now()

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._entries, (moment, next(self._order), action))

    def run(self, duration: timedelta) -> None:
        end = self.clock.moment + duration
        while self._entries and self._entries[0][0] <= end:
            moment, _, action = heapq.heappop(self._entries)
            self.clock.moment = max(moment, self.clock.moment)
            action()
        self.clock.moment = end


class MessagingFixture:
    def __init__(self, clients: Clients, **policy: object) -> None:
        self.clients = clients
        self.wire = clients.wire
        self.wire.__dict__.update(BotocoreHooks().__dict__)
        self.clock = Clock()
        self.agenda = Agenda(self.clock)
        self.events: list[dict[str, Any]] = []
        self.told: list[tuple[str, dict[str, object]]] = []
        self._fresh_tables()
        sms_voice_backends[current_account()]["eu-west-2"].reset()
        self.sms = SmsAccount(self.agenda, self)
        clients.sms.create_opt_out_list(OptOutListName="steward")
        clients.sms.create_configuration_set(ConfigurationSetName="steward")
        self.sms.settings.messages_per_second = 1000
        self.messaging = msgspec.convert(POLICY | policy, Messaging)
        ledger = DynamoMessageLog(clients.dynamodb, "consents", "messages", self.clock)
        hasher = KmsNumberHasher(clients.kms, clients.key_id)
        self.consents = Consents(
            messaging=self.messaging,
            languages=LANGUAGES,
            policy_version="1",
            expiry=partial(expires_at, months=24),
            clock=self.clock,
            hasher=hasher,
            book=DynamoConsentBook(clients.dynamodb, "consents", self.clock),
            opt_outs=SmsVoiceOptOuts(clients.sms, "steward"),
            tell=self._tell,
        )
        self.texts = Texts(
            messaging=self.messaging,
            languages=LANGUAGES,
            log_expiry=partial(expires_at, months=12),
            opt_out_expiry=partial(expires_at, months=24),
            clock=self.clock,
            hasher=hasher,
            ledger=ledger,
            sms=SmsVoice(clients.sms, sender=SENDER, configuration_set="steward", max_price="0.40"),
            opt_outs=SmsVoiceOptOuts(clients.sms, "steward"),
            tell=self._tell,
        )
        self.deliveries = Deliveries(
            log=ledger,
            purposes=tuple(self.messaging.purposes),
            opt_out_expiry=partial(expires_at, months=24),
            clock=self.clock,
            tell=self._tell,
        )
        self.wire.calls.clear()

    def publish(self, bus_name: str, event: Mapping[str, Any]) -> None:
        """Take a delivery event; a test delivers it when it likes."""
        assert bus_name == "default"
        self.events.append(dict(event))

    def consent(
        self, decision: str = "given", *, contact: str = "contact-1", number: str = MOBILE, **more: str
    ) -> Answer:
        parameters = {"purpose": "signposting", "wording_version": "v1", "decision": decision} | more
        return self.consents.record(self.call(contact, number, parameters))

    def send(
        self, template: str = "hello", *, contact: str = "contact-1", number: str | None = MOBILE, **more: str
    ) -> Answer:
        parameters = {"template": template, "purpose": "signposting"} | more
        return self.texts.send(self.call(contact, number, parameters))

    def call(self, contact: str, number: str | None, parameters: Mapping[str, object]) -> flow_call.FlowCall:
        data: dict[str, Any] = {"ContactId": contact, "Channel": "VOICE", "LanguageCode": "en-GB", "Attributes": {}}
        if number is not None:
            data["CustomerEndpoint"] = {"Address": number, "Type": "TELEPHONE_NUMBER"}
        return flow_call.parse({"Details": {"ContactData": data, "Parameters": dict(parameters)}})

    def deliver(self) -> None:
        """Let the carrier act and record every event that came of it."""
        self.agenda.run(timedelta(seconds=10))
        for event in self.events:
            self.deliveries.record(event)
        self.events.clear()

    def wait(self, **duration: float) -> None:
        self.clock.moment += timedelta(**duration)

    def bodies(self) -> list[str]:
        return [message["body"] for message in self.sms.messages()]

    def reserve(self, template: str = "hello", contact: str = "contact-1") -> dict[str, Any] | None:
        key = {"pk": {"S": contact}, "sk": {"S": template}}
        item = self.clients.dynamodb.get_item(TableName="messages", Key=key).get("Item")
        return plain(item) if item else None

    def reservations(self) -> list[dict[str, Any]]:
        return [plain(item) for item in self.clients.dynamodb.scan(TableName="messages")["Items"]]

    def decisions(self) -> list[dict[str, Any]]:
        return consents(self.clients.dynamodb, "consents")

    def consent_rows(self) -> list[dict[str, Any]]:
        return [plain(item) for item in self.clients.dynamodb.scan(TableName="consents")["Items"]]

    def _tell(self, what: str, **facts: object) -> None:
        self.told.append((what, facts))

    def _fresh_tables(self) -> None:
        database = self.clients.dynamodb
        for name in database.list_tables()["TableNames"]:
            database.delete_table(TableName=name)
        index = {
            "IndexName": MESSAGE_INDEX,
            "KeySchema": [{"AttributeName": "message_id", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
        for name, more in {"consents": {}, "messages": {"GlobalSecondaryIndexes": [index]}}.items():
            attributes = ("pk", "sk", "message_id") if more else ("pk", "sk")
            database.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in attributes],
                BillingMode="PAY_PER_REQUEST",
                **more,
            )


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
