"""The embedded AWS: what the templates describe, alive in this process, in virtual time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends
from moto.sqs.models import sqs_backends

from simulator.aws.account.clients import own_client
from simulator.aws.account.names import Names, read_names
from simulator.aws.cloudformation.create import buckets, functions, streams, watching
from simulator.aws.cloudformation.create import messaging as messages
from simulator.aws.cloudformation.create import record_only as records
from simulator.aws.cloudformation.create import tables_and_keys as stores
from simulator.aws.cloudformation.deploy import deploy
from simulator.aws.cloudformation.reader import Making
from simulator.aws.cloudformation.resource import DeployContext, Notification
from simulator.aws.cloudformation.taken import TakenNames
from simulator.aws.eventbridge.bus import Router, UnknownBus
from simulator.aws.eventbridge.put_events import follow_put_events
from simulator.aws.eventbridge.targets import DeliveryError, Targets
from simulator.aws.lambda_.invoke_api import invoke_api
from simulator.aws.lambda_.service import Functions
from simulator.aws.scheduler.schedules import Schedules
from simulator.aws.sqs.event_source import Queues
from simulator.aws.time.virtual_time import EventQueue, VirtualClock
from simulator.aws.wire.client_hooks import BotocoreHooks

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.aws.cloudformation.assembly import Stack
    from simulator.aws.cloudformation.resource import Resource, ResourceChanger, ResourceFinder, ResourceProvider
    from simulator.aws.connect import ConnectInstance
    from simulator.aws.eventbridge.bus import Undelivered
    from simulator.aws.iam.permissions import Permissions
    from simulator.aws.lambda_.invocation import LogLine, Outcome
    from simulator.aws.s3 import S3Store
    from simulator.aws.sms.account import SmsAccount
    from simulator.aws.speed.memory import Memory
    from simulator.aws.time.ports import Event
    from simulator.aws.wire.faults import Faults

_NOBODY: Final = "somebody"
"""Who acts when no function is running: a member of staff, or the test itself."""


@dataclass(frozen=True)
class DeadLetter:
    """A message in a dead-letter queue, which it names by its physical name."""

    queue: str
    body: str


class EmbeddedAws:
    """One deployed assembly. Composed by ``account.start``; everything in it happens in virtual time."""

    s3: S3Store
    """S3 as the scenario writes to it; set as the account is composed, as are the other services below."""

    sms: SmsAccount
    connect: ConnectInstance
    permissions: Permissions
    names: Names

    def __init__(self, clock: VirtualClock, memory: Memory, *, account: str, region: str, instance_arn: str) -> None:
        """Use ``account.start`` instead: this lacks the services that are attached from outside."""
        self.clock = clock
        self.agenda = EventQueue(clock)
        self.account = account
        self.region = region
        self.instance_arn = instance_arn
        self.functions = Functions(clock, self.agenda, account=account, region=region)
        self.memory = memory
        self.wire = BotocoreHooks(self.functions.running, memory, self.clock.now)
        self.notifications: list[Notification] = []
        self.lost_notifications: list[str] = []
        """What S3 could not deliver: it tells nobody."""
        self.resources: list[Resource] = []
        self.creators: dict[str, ResourceProvider] = {
            **records.CREATORS,
            **buckets.CREATORS,
            **stores.CREATORS,
            **messages.CREATORS,
            **functions.CREATORS,
            **streams.CREATORS,
            **watching.CREATORS,
        }
        self.changers: dict[str, ResourceChanger] = {
            **records.CHANGERS,
            **buckets.CHANGERS,
            **functions.CHANGERS,
            **watching.CHANGERS,
        }
        self.finders: dict[str, ResourceFinder] = {**buckets.FINDERS}
        self.taken = TakenNames()
        self._targets = Targets(self.client, self.functions)
        self._router = Router(self.agenda, self._targets, account=account, region=region)
        self._queues = Queues(sqs_backends[account][region], self.agenda)
        self._schedules = Schedules(scheduler_backends[account][region], self.agenda, self._targets, self._router)
        self._streams: dict[str, Any] = {}
        self.functions.send = self._targets.send
        self.wire.answers["lambda.Invoke"] = invoke_api(self.functions)
        self.wire.answers |= self.functions.settings.answers()
        follow_put_events(events_backends[account][region], self._router)

    @property
    def faults(self) -> Faults:
        """The failures that handlers will meet."""
        return self.wire.faults

    @property
    def calls(self) -> Mapping[str, Mapping[str, int]]:
        """Per function: ``invocations``, and every AWS request as "service.Operation" (retries count)."""
        return self.functions.calls

    @property
    def logs(self) -> list[LogLine]:
        """What the handlers wrote."""
        return self.functions.logs

    @property
    def undelivered(self) -> list[Undelivered]:
        """Events that a rule matched and no target took."""
        return self._router.undelivered

    @property
    def router(self) -> Router:
        """EventBridge; ``router.observers`` are told of every event."""
        return self._router

    def client(self, service: str) -> Any:  # noqa: ANN401 - one client type for each service
        """Return the world's own boto3 client: not counted, and met by no fault."""
        return own_client(service, self.region)

    def actor(self) -> str:
        """Return the short name of the running function, or ``somebody``."""
        invocation = self.functions.running()
        return invocation.spec.short_name if invocation else _NOBODY

    def run_until(self, moment: datetime) -> None:
        """Let everything happen that is due up to and including that moment."""
        self.agenda.run_until(moment)

    def settle(self) -> None:
        """Let everything happen that is due now."""
        self.agenda.run_until(self.clock.now())

    def publish(self, bus_name: str, event: Event, *, put_by_somebody: bool = False) -> None:
        """Put an event on a bus: ``default``, a deployed name or ARN, or ``steward`` for the project's own bus.

        What EventBridge adds (id, time, account, region) is added where absent. ``put_by_somebody``: it is not what
        an AWS service says of itself, so that it is noted if no rule takes it. Raises ``UnknownBus``.
        """
        if event.get("source") == "aws.connect" and not event.get("resources"):
            # Connect names the contact and its instance in the envelope of each event.
            # https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
            event = {**event, "resources": [self.instance_arn]}
        if bus_name == "steward" and bus_name not in self._router.buses:
            own = [name for name in self._router.buses if name != "default"]
            if len(own) != 1:
                raise UnknownBus(f"'steward' stands for the one bus of the project's own; there are {len(own)}")
            bus_name = own[0]
        self._router.publish(bus_name, event, put_by_somebody=put_by_somebody)

    def notify(self, bucket: str, queue: str, message: str) -> None:
        """Bring S3's own notification of a bucket to a queue, both by ARN; without a right to send it is lost."""
        try:
            self._targets.check_permission(queue, service="s3.amazonaws.com", source_arn=bucket)
            self._targets.send(queue, message)
        except DeliveryError:
            self.lost_notifications.append(message)

    def invoke(self, function: str, payload: object) -> Any:  # noqa: ANN401 - a handler answers any JSON
        """Invoke synchronously, as Amazon Connect does; raise ``FunctionError`` or ``UnknownFunction``.

        ``function`` is the folder's name, the logical id, the physical name or the ARN.
        """
        return self.functions.invoke(function, payload)

    def run(self, function: str, payload: object) -> Outcome:
        """Invoke synchronously; return response or error, and the virtual seconds it took."""
        return self.functions.run(function, payload)

    def kill_after(self, function: str, calls: int) -> None:
        """Let the next invocation of that function die right after its n-th AWS call took effect."""
        self.functions.kill_after(function, calls)

    def contact_record(self, record: Mapping[str, Any]) -> None:
        """Write a contact record to the stream that the instance is associated with, as Connect does.

        Raises ``LookupError`` when the deployment has no such stream.
        """
        arn = self._contact_record_stream()
        self._streams[arn].put(json.dumps(dict(record)), partition_key=str(record.get("ContactId", "0")))

    def dead_letters(self) -> list[DeadLetter]:
        """Return the messages that lie in dead-letter queues: the targets of redrive policies, rules and functions."""
        arns = _dead_letter_arns(self.resources)
        return [
            DeadLetter(watched.queue.name, message.body)
            for watched in self._queues
            if watched.queue.queue_arn in arns
            for message in watched.queue._messages  # noqa: SLF001 - reading by API would hide them for a while
        ]

    def _contact_record_stream(self) -> str:
        for resource in self.resources:
            properties = resource.declaration.properties
            if properties.get("ResourceType") == "CONTACT_TRACE_RECORDS" and "KinesisStreamConfig" in properties:
                return str(properties["KinesisStreamConfig"]["StreamArn"])
        raise LookupError("no data stream is associated with the instance for contact records")

    def site(self, code: Callable[[str, str], Path | None]) -> DeployContext:
        """Return the account as creators of resources work with it.

        ``code`` returns the folder of a function's code for the bucket and key that its template names.
        """
        return DeployContext(
            account=self.account,
            region=self.region,
            client=self.client,
            agenda=self.agenda,
            functions=self.functions,
            targets=self._targets,
            router=self._router,
            schedules=self._schedules,
            queues=self._queues,
            streams=self._streams,
            code=code,
            layers={},
            taken=self.taken,
            notified=self.notifications.append,
            changed=self.memory.forget,
        )

    def take_in(self, resources: Iterable[Resource]) -> None:
        """Know these created resources, and everything by its name."""
        self.resources += resources
        self.names = read_names(
            self.resources,
            self.functions,
            account=self.account,
            region=self.region,
            instance_arn=self.instance_arn,
        )
        for spec in self.functions:
            self.functions.calls.setdefault(spec.short_name, Counter(invocations=0))

    def deploy(self, stacks: Iterable[Stack]) -> None:
        """Create what the stacks declare, each after those it depends on; raise ``TemplateError``."""
        stacks = list(stacks)
        assets = {f"{key}.zip": path for stack in stacks for key, path in stack.assets.items()}
        self.take_in(deploy(stacks, self.making(lambda _, key: assets.get(key))))

    def making(self, code: Callable[[str, str], Path | None]) -> Making:
        """Return how CloudFormation makes, changes and finds resources in this account; ``code`` as for ``site``."""
        return Making(self.site(code), self.creators, self.changers, self.finders)


def _dead_letter_arns(resources: list[Resource]) -> set[str]:
    found: set[str] = set()

    def look(value: object) -> None:
        if isinstance(value, Mapping):
            for key, item in value.items():
                if key == "deadLetterTargetArn":
                    found.add(str(item))
                elif key == "DeadLetterConfig" and isinstance(item, Mapping):
                    found.add(str(item.get("Arn") or item.get("TargetArn")))
                elif key == "OnFailure" and isinstance(item, Mapping):
                    found.add(str(item.get("Destination")))
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)

    for resource in resources:
        look(resource.declaration.properties)
    return found
