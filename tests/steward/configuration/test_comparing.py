"""What one comparison tells, keeps and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from steward.configuration.accepting import Accepted
from steward.configuration.checking import Check, Harm, NotShown, Outcome, compare
from steward.configuration.code import Code
from steward.configuration.comparing import Compared, Comparing
from steward.configuration.findings import Finding, accepted_now, turned
from steward.configuration.reading import Live
from steward.configuration.written import DeployedStack, Json, Place, Resource
from steward.failures import AccessDenied, AwsError, NotFound, Unavailable

NIGHT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
EARLIER = NIGHT - timedelta(days=3)
ID = "stores/Bucket/versions"


def finding(identity: str = ID, *, harm: Harm = Harm.STOP, opened_at: datetime = EARLIER, **changes: object) -> Finding:
    one = Finding(
        id=identity,
        name="kept",
        setting=identity.rpartition("/")[2],
        harm=harm,
        expected="on",
        found="off",
        opened_at=opened_at,
        seen_at=opened_at,
        told=True,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


@dataclass
class Account:
    """A bucket and a flow, what is live of each setting, and everybody who is told."""

    found: dict[str, str | AwsError] = field(default_factory=dict)
    """By setting; as it was written where nothing is said."""
    known: list[Finding] = field(default_factory=list)
    accepted: tuple[Accepted, ...] = ()
    status: str = "UPDATE_COMPLETE"
    at: datetime = NIGHT
    another_run_writes: bool = False
    mails: list[tuple[str, list[str], list[str]]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def all(self) -> list[DeployedStack]:
        declared = {"Bucket": {"Type": "AWS::S3::Bucket"}, "Flow": {"Type": "AWS::Connect::ContactFlow"}}
        names = {"Bucket": "kept", "Flow": "payment"}
        return [
            DeployedStack(name="stores", id="arn", status=self.status, template={"Resources": declared}, names=names)
        ]

    def read(self, service: str, operation: str, /, **_: object) -> Mapping[str, Any]:
        answer = self.found.get(operation, "on")
        if isinstance(answer, AwsError):
            raise answer
        return {"is": answer, "asked": service}

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> list[Any]:
        raise NotImplementedError

    def code(self) -> Mapping[str, Code]:
        return {}

    def keep_code(self, code: Mapping[str, Code]) -> None:
        raise NotImplementedError

    def findings(self) -> list[Finding]:
        return list(self.known)

    def keep(self, finding: Finding, before: Finding | None) -> bool:
        if self.another_run_writes:
            return False
        self.known = [one for one in self.known if one != before] + [finding]
        return True

    def opened_and_closed(self, opened: Sequence[Finding], closed: Sequence[Finding]) -> None:
        self.mails.append(("officer", [one.id for one in opened], [one.id for one in closed]))

    def ending(self, accepted: Sequence[tuple[Finding, Accepted]]) -> None:
        """Reminders are tried in ``test_accepting``."""

    def card_payments_unsafe(self, findings: Sequence[Finding]) -> None:
        opened, closed = ([one.id for one in findings if (one.closed_at is None) is still] for still in (True, False))
        self.mails.append(("supervisors", opened, closed))

    def run(self) -> Compared:
        checks = {
            "AWS::S3::Bucket": [check("versions", Harm.STOP), check("tags", Harm.NOTE)],
            "AWS::Connect::ContactFlow": [check("content", Harm.CARDS)],
        }
        return Comparing(
            stacks=self,
            live=lambda: self,
            place=Place(account="111122223333", region="eu-west-2"),
            checks=checks,
            book=self,
            notices=self,
            clock=self,
            accepted=self.accepted,
        ).run()


def check(setting: str, harm: Harm) -> Check:
    def look(resource: Resource, live: Live) -> tuple[Json, Json]:
        return "on", live.read(resource.name, setting)["is"]

    return Check(setting=setting, harm=harm, properties=(), look=look)


def test_a_difference_that_is_accepted_is_shown_and_neither_told_nor_counted_as_new() -> None:
    accepted = Accepted(finding=ID, until=date(2026, 11, 25), why="the move of the store")
    account = Account({"versions": "off"}, accepted=(accepted,))

    came_to = account.run()

    assert account.mails == []
    assert came_to.opened == 0
    assert [one["accepted"] for one in came_to.answer()["findings"]] == [
        {"until": "2026-11-25", "why": "the move of the store"}
    ]


def test_a_difference_that_was_accepted_is_told_once_when_that_has_ended_and_it_is_still_there() -> None:
    accepted = Accepted(finding=ID, until=date(2026, 11, 25), why="the move of the store")
    account = Account({"versions": "off"}, known=[finding()], accepted=(accepted,))
    for night in range(3):
        account.at = NIGHT + timedelta(days=night)
        account.run()

    assert account.mails == [("officer", [ID], [])]


def test_the_end_of_what_was_accepted_is_told_to_nobody() -> None:
    accepted = Accepted(finding=ID, until=date(2026, 12, 1), why="the move of the store")
    account = Account(known=[finding(told=False)], accepted=(accepted,))

    assert account.run().closed == 1
    assert account.mails == []
    account.accepted = ()
    account.run()
    assert account.mails == []


@pytest.mark.parametrize(
    ("at", "still"),
    [
        (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 7, 31, 23, 0, tzinfo=UTC), False),
    ],
)
def test_what_is_accepted_is_so_to_the_end_of_its_last_day_in_london(at: datetime, still: bool) -> None:  # noqa: FBT001
    until = date(2026, 7, 31) if at.month == 7 else date(2026, 11, 25)
    accepted = Accepted(finding=ID, until=until, why="the move of the store")

    assert accepted_now([finding()], [accepted], at) == ({ID: accepted} if still else {})


def test_a_note_opens_is_shown_and_is_told_to_nobody_nor_counted_as_new() -> None:
    account = Account({"tags": "off"})

    came_to = account.run()

    assert (came_to.opened, came_to.closed, account.mails) == (0, 0, [])
    assert [one.id for one in came_to.findings] == ["stores/Bucket/tags"]


def test_a_new_difference_is_counted_once_and_told_once() -> None:
    account = Account({"versions": "off"})

    first, second = account.run(), account.run()

    assert (first.opened, first.reads) == (1, 3)
    account.at += timedelta(days=1)
    assert account.run().opened == 0
    assert account.mails == [("officer", [ID], [])]
    assert [one.opened_at for one in second.findings] == [NIGHT]


def test_the_end_of_a_difference_is_counted_and_told_once() -> None:
    account = Account(known=[finding()])

    assert account.run().closed == 1
    account.at += timedelta(days=1)
    assert account.run().closed == 0
    assert account.mails == [("officer", [], [ID])]


def test_what_another_run_wrote_meanwhile_is_neither_counted_nor_told_by_this_one() -> None:
    account = Account({"versions": "off"}, another_run_writes=True)

    came_to = account.run()

    assert (came_to.opened, account.mails) == (0, [])


def test_supervisors_do_not_hear_that_a_flow_is_well_again_while_another_cannot_be_read() -> None:
    content = "stores/Old/content"
    account = Account(
        {"content": AccessDenied("connect.DescribeContactFlow", "AccessDeniedException")},
        known=[finding(content, harm=Harm.CARDS)],
    )

    assert account.run().closed == 1
    assert account.mails == []
    account.found = {}
    account.run()
    assert account.mails == [("supervisors", [], [content]), ("officer", [], [content])]


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_while_a_stack_changes_nothing_is_said(status: str) -> None:
    account = Account({"versions": "off"}, known=[finding("stores/Gone/versions")], status=status)

    assert account.run() == Compared(postponed=True)
    assert account.known == [finding("stores/Gone/versions")]


def test_findings_are_shown_the_gravest_first() -> None:
    account = Account({"versions": "off", "tags": "off", "content": "off"})

    shown = account.run().answer()

    assert [one["harm"] for one in shown["findings"]] == ["cards", "stop", "note"]
    assert shown["status"] == "compared"


def test_a_difference_that_opens_again_before_its_end_was_told_is_another_one() -> None:
    closed = finding(closed_at=EARLIER + timedelta(days=1), told=False)
    account = Account({"versions": "off"}, known=[closed])

    came_to = account.run()

    assert came_to.opened == 1
    assert account.mails == [("officer", [ID], [ID])]


def seen(*, compared: Sequence[str] = (ID,)) -> Outcome:
    return Outcome(compared=frozenset(compared))


def test_what_was_not_compared_stays_as_it_was() -> None:
    assert turned([finding()], seen(compared=()), NIGHT, NIGHT) == []


def test_what_was_seen_when_this_run_began_to_read_is_closed_and_what_was_seen_after_it_is_not() -> None:
    [closed] = turned([finding(seen_at=NIGHT)], seen(), NIGHT, NIGHT + timedelta(minutes=5))

    assert closed == finding(seen_at=NIGHT, closed_at=NIGHT + timedelta(minutes=5), told=False)
    assert turned([finding(seen_at=NIGHT + timedelta(seconds=1))], seen(), NIGHT, NIGHT + timedelta(minutes=5)) == []


def bucket(**found: str | AwsError) -> Outcome:
    settings = [check("tags", Harm.NOTE), check("versions", Harm.STOP), check("lock", Harm.MEDIUM)]
    resource = Resource(stack="stores", logical_id="Bucket", type="AWS::S3::Bucket", name="kept")
    return compare([resource], {"AWS::S3::Bucket": settings}, Account(dict(found)))


def test_what_is_gone_as_a_whole_is_one_difference_as_grave_as_its_gravest_setting() -> None:
    outcome = bucket(tags=NotFound("s3.GetBucketTagging", "NoSuchBucket"), versions="off")

    [one] = outcome.differences
    assert (one.id, one.harm, one.expected, one.found) == ("stores/Bucket/is there", Harm.STOP, "there", "not there")
    assert outcome.compared == {"stores/Bucket/is there"}


def test_what_cannot_be_read_is_named_with_its_harm_and_stops_nothing_else() -> None:
    outcome = bucket(versions=Unavailable("s3.GetBucketVersioning", "SlowDown"), lock="off")

    assert outcome.not_shown == (
        NotShown(
            subject="stores/Bucket", setting="versions", why="s3.GetBucketVersioning answered SlowDown", harm=Harm.STOP
        ),
    )
    assert [one.id for one in outcome.differences] == ["stores/Bucket/lock"]
    assert outcome.compared == {"stores/Bucket/tags", "stores/Bucket/lock", "stores/Bucket/is there"}


def test_where_nothing_could_be_read_it_is_not_known_whether_the_thing_is_there() -> None:
    slow = Unavailable("s3.GetBucketVersioning", "SlowDown")

    assert bucket(tags=slow, versions=slow, lock=slow).compared == frozenset()


class WithFunction(Account):
    """A stack with one function, of whose code nothing is known yet."""

    learned: Mapping[str, Code] | None = None

    def all(self) -> list[DeployedStack]:
        code = {"S3Bucket": "assets", "S3Key": "new.zip"}
        template = {"Resources": {"Place": {"Type": "AWS::Lambda::Function", "Properties": {"Code": code}}}}
        return [DeployedStack(name="s", id="arn", status=self.status, template=template, names={"Place": "place"})]

    def read(self, service: str, operation: str, /, **_: object) -> Mapping[str, Any]:
        del service, operation
        return {"CodeSha256": "of the old archive"}

    def keep_code(self, code: Mapping[str, Code]) -> None:
        self.learned = code


@pytest.mark.parametrize(
    ("status", "learns"),
    [
        ("UPDATE_COMPLETE", True),
        ("UPDATE_ROLLBACK_COMPLETE", True),
        ("UPDATE_FAILED", False),
        ("UPDATE_ROLLBACK_FAILED", False),
        ("CREATE_FAILED", False),
    ],
)
def test_code_counts_as_deployed_only_where_the_whole_deployment_came_to_its_end(status: str, *, learns: bool) -> None:
    """Without a rollback some functions are new, some are not: CloudFormation user guide, "Stack failure options"."""
    account = WithFunction(status=status)
    account.run()
    assert (account.learned is not None) is learns
