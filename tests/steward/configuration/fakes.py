"""The ports of the comparison in memory, and an account of one bucket whose settings a test changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from steward.configuration.accepting import Accepted
from steward.configuration.checking import Check, Harm, Pair
from steward.configuration.code import Code
from steward.configuration.comparing import Compared, Comparing
from steward.configuration.findings import Finding
from steward.configuration.reading import Live
from steward.configuration.written import DeployedStack, Place, Resource
from steward.failures import Unavailable

START = datetime(2027, 3, 1, 3, 50, tzinfo=UTC)
TEMPLATE = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Rules": {"a": "on", "b": "on"}}},
        "Flow": {"Type": "AWS::Connect::ContactFlow", "Properties": {"Content": "checked"}},
    }
}
STACK = DeployedStack(
    name="stores",
    id="arn:stores",
    status="UPDATE_COMPLETE",
    deployed_at=START - timedelta(days=30),
    template=TEMPLATE,
    names={"Bucket": "kept", "Flow": "pay"},
)


@dataclass
class Clock:
    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Stacks:
    stack: DeployedStack = STACK
    meanwhile: DeployedStack | None = None
    """What it is after it was read once."""

    def all(self) -> list[DeployedStack]:
        read, self.stack = self.stack, self.meanwhile or self.stack
        return [read]


@dataclass
class Account:
    """What is live: rules of the bucket, and what the flow is."""

    rules: dict[str, str] = field(default_factory=lambda: {"a": "on", "b": "on"})
    content: str = "checked"

    def read(self, _service: str, operation: str, /, **_: object) -> Mapping[str, Any]:
        return {"rules": dict(self.rules), "content": self.content, "operation": operation}

    def pages(self, *_: str, **__: object) -> list[Any]:
        return []


@dataclass
class Book:
    """As the register is: a row is replaced only where it is as it was read."""

    rows: dict[str, Finding] = field(default_factory=dict)
    closed: list[Finding] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)

    def findings(self) -> list[Finding]:
        return [*self.rows.values(), *(one for one in self.closed if not one.told)]

    def code(self) -> Mapping[str, Code]:
        return {**self.codes}

    def keep_code(self, code: Mapping[str, Code]) -> None:
        self.codes = {**code}

    def keep(self, finding: Finding, before: Finding | None) -> bool:
        if finding.closed_at is not None:
            self.rows.pop(finding.id, None)
            self.closed = [one for one in self.closed if one.opened_at != finding.opened_at] + [finding]
            return True
        there = self.rows.get(finding.id)
        if (there and there.seen_at) != (before and before.seen_at):
            return False
        self.rows[finding.id] = finding
        return True


@dataclass
class Notices:
    officer: list[tuple[list[Finding], list[Finding]]] = field(default_factory=list)
    """What differs and what is as it was written again, mail by mail."""
    supervisors: list[list[Finding]] = field(default_factory=list)
    reminders: list[list[tuple[str, date]]] = field(default_factory=list)
    broken: bool = False

    def opened_and_closed(self, opened: Sequence[Finding], closed: Sequence[Finding]) -> None:
        if self.broken:
            raise Unavailable("sns.Publish", "InternalError")
        self.officer.append((list(opened), list(closed)))

    def ending(self, accepted: Sequence[tuple[Finding, Accepted]]) -> None:
        if self.broken:
            raise Unavailable("sns.Publish", "InternalError")
        self.reminders.append([(one.id, entry.until) for one, entry in accepted])

    def card_payments_unsafe(self, findings: Sequence[Finding]) -> None:
        self.supervisors.append(list(findings))


def _look(name: str, written: str) -> Callable[[Resource, Live], Pair]:
    def look(resource: Resource, live: Live) -> Pair:
        return resource.properties[written], live.read("s3", "Get")[name]

    return look


def checks(*, rules: Harm = Harm.STOP) -> Mapping[str, Sequence[Check]]:
    return {
        "AWS::S3::Bucket": [Check(setting="rules", harm=rules, properties=("Rules",), look=_look("rules", "Rules"))],
        "AWS::Connect::ContactFlow": [
            Check(setting="content", harm=Harm.CARDS, properties=("Content",), look=_look("content", "Content"))
        ],
    }


@dataclass
class World:
    """One account, compared night by night."""

    account: Account = field(default_factory=Account)
    stacks: Stacks = field(default_factory=Stacks)
    book: Book = field(default_factory=Book)
    notices: Notices = field(default_factory=Notices)
    clock: Clock = field(default_factory=Clock)
    accepted: tuple[Accepted, ...] = ()
    harm: Harm = Harm.STOP

    def night(self) -> Compared:
        self.clock.moment += timedelta(days=1)
        return Comparing(
            stacks=self.stacks,
            live=lambda: self.account,
            place=Place(account="111122223333", region="eu-west-2"),
            checks=checks(rules=self.harm),
            book=self.book,
            notices=self.notices,
            clock=self.clock,
            accepted=self.accepted,
        ).run()

    def deployed_again(self, **changes: Any) -> DeployedStack:  # noqa: ANN401 - any field of the stack
        return replace(self.stacks.stack, deployed_at=self.clock.now(), **changes)
