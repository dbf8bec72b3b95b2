"""EventBridge: buses, rules and what they deliver."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.eventbridge.input_transformer import at_path, transform
from simulator.aws.eventbridge.patterns import compile_pattern
from simulator.aws.eventbridge.targets import DeliveryError
from steward.names import OUTGOING_EVENTS, UNMATCHED

if TYPE_CHECKING:
    from simulator.aws.eventbridge.patterns import Matcher
    from simulator.aws.eventbridge.targets import Targets
    from simulator.aws.time.ports import Event
    from simulator.aws.time.virtual_time import EventQueue

_LONGEST_WAY: Final = 5
"""Event buses that forward to each other stop here, as EventBridge documents for loops."""


@dataclass(frozen=True)
class Rule:
    """A deployed rule. ``targets`` are as the template writes them, resolved."""

    arn: str
    bus: str
    pattern: Mapping[str, Any]
    targets: tuple[Mapping[str, Any], ...]
    enabled: bool = True
    matches: Matcher = field(init=False)

    @property
    def takes_the_rest(self) -> bool:
        """Whether it is there for what no other rule takes, as its name says."""
        return f"-{UNMATCHED}-" in self.arn.rpartition("/")[2]

    def __post_init__(self) -> None:
        """Read the pattern once; raise ``InvalidPattern`` for what EventBridge would refuse."""
        object.__setattr__(self, "matches", compile_pattern(self.pattern))


@dataclass(frozen=True)
class Undelivered:
    """An event that a rule matched and no target took."""

    at: datetime
    rule: str
    target: str
    why: str


@dataclass(frozen=True)
class Unmatched:
    """An event that no rule took, or only one that takes the rest. ``bus`` is the bus's deployed name."""

    at: datetime
    bus: str
    source: str
    detail_type: str


class UnknownBus(Exception):
    """No deployed event bus has that name."""


class Router:
    """Delivers events to the targets of every matching rule."""

    def __init__(self, agenda: EventQueue, targets: Targets, *, account: str, region: str) -> None:
        self._agenda = agenda
        self._targets = targets
        self._account = account
        self._region = region
        self._rules: dict[str, list[Rule]] = {"default": []}
        self.undelivered: list[Undelivered] = []
        self.unmatched: list[Unmatched] = []
        """Events that somebody put and no rule took; what AWS's own services say, or steward to others, is left out."""
        self.observers: list[Callable[[str, Event], None]] = []
        """Told of every event: the name of the bus, and the event as delivered."""

    @property
    def buses(self) -> list[str]:
        """The names of the buses."""
        return list(self._rules)

    def add_bus(self, name: str) -> None:
        """Create a bus."""
        self._rules.setdefault(name, [])

    def add_rule(self, rule: Rule) -> None:
        """Put a rule on its bus; raise ``UnknownBus`` when the bus does not exist."""
        self._rules_of(rule.bus).append(rule)

    def remove_bus(self, name: str) -> None:
        """Delete a bus; raises KeyError where there is none."""
        del self._rules[name]

    def remove_rule(self, rule: Rule) -> None:
        """Take a rule off its bus."""
        self._rules_of(rule.bus).remove(rule)

    def publish(self, bus_name: str, event: Event, *, hops: int = 0, put_by_somebody: bool = False) -> None:
        """Match an event against the rules of a bus (name or ARN) and deliver it, now.

        What every event carries (id, version, account, region, time) is added where it is absent. ``put_by_somebody``:
        it is not what an AWS service says of itself, so that it is noted if no rule takes it.
        """
        rules = self._rules_of(bus_name)
        full = {
            "version": "0",
            "id": event.get("id") or str(uuid.uuid4()),
            "account": self._account,
            "time": event.get("time") or self._agenda.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [],
            "detail": {},
            **event,
        }
        for observer in self.observers:
            observer(_bare(bus_name), full)
        matching = [rule for rule in rules if rule.enabled and rule.matches(full)]
        if put_by_somebody and all(rule.takes_the_rest for rule in matching):
            source, kind = str(full.get("source", "")), str(full.get("detail-type", ""))
            if kind not in OUTGOING_EVENTS.get(source, ()):
                self.unmatched.append(Unmatched(self._agenda.now(), _bare(bus_name), source, kind))
        for rule in matching:
            for target in rule.targets:
                self._agenda.at(self._agenda.now(), partial(self._deliver, rule, target, full, hops))

    def fire(self, rule: Rule) -> None:
        """Deliver the event of a rule that runs on a schedule."""
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self._account,
            "time": self._agenda.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [rule.arn],
            "detail": {},
        }
        for target in rule.targets:
            self._deliver(rule, target, event, 0)

    def _rules_of(self, bus_name: str) -> list[Rule]:
        try:
            return self._rules[_bare(bus_name)]
        except KeyError:
            raise UnknownBus(f"there is no event bus {bus_name!r}; there are: {', '.join(self.buses)}") from None

    def _deliver(self, rule: Rule, target: Mapping[str, Any], event: Mapping[str, Any], hops: int) -> None:
        arn = str(target["Arn"])
        text = _input(rule, target, event)
        try:
            if ":event-bus/" in arn:
                if hops < _LONGEST_WAY:
                    self.publish(arn, event, hops=hops + 1)
                return
            self._targets.check_permission(arn, service="events.amazonaws.com", source_arn=rule.arn)
            self._targets.send(arn, text, group=target.get("SqsParameters", {}).get("MessageGroupId"))
        except (DeliveryError, UnknownBus) as error:
            self.undelivered.append(Undelivered(self._agenda.now(), rule.arn, arn, str(error)))
            dead_letters = target.get("DeadLetterConfig", {}).get("Arn")
            if dead_letters:
                # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html (message attributes)
                self._targets.send(dead_letters, text, attributes={"RULE_ARN": rule.arn, "TARGET_ARN": arn})


def _bare(bus_name: str) -> str:
    return bus_name.rpartition("/")[2] if bus_name.startswith("arn:") else bus_name


def _input(rule: Rule, target: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(at_path(event, target["InputPath"]))
    if "InputTransformer" in target:
        transformer = target["InputTransformer"]
        predefined = {
            "aws.events.rule-arn": rule.arn,
            "aws.events.rule-name": rule.arn.rpartition("/")[2],
            "aws.events.event": {key: value for key, value in event.items() if key != "detail"},
            "aws.events.event.json": dict(event),
            "aws.events.event.ingestion-time": event["time"],
        }
        return transform(event, transformer.get("InputPathsMap", {}), transformer["InputTemplate"], predefined)
    return json.dumps(event)
