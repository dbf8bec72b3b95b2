"""Applications are kept for the policy's months from the day on which they were received, and go on their day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from steward.failures import Unavailable
from steward.holds.requests import BadRequest
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from steward.rights.applications.keeping import Retiring, Tally
from steward.rights.applications.register import Application, ApplicationId, stated

AT = datetime(2024, 2, 29, 10, tzinfo=UTC)
DETAIL = {
    "application": "BB-1",
    "scheme": "blue badge",
    "received_on": "2024-02-29",
    "contact_ids": ["c-1"],
    "object_key": "2024/BB-1.pdf",
}


@pytest.mark.parametrize(
    ("received_on", "ends_on"),
    [("2024-02-29", date(2027, 2, 28)), ("2024-01-31", date(2027, 1, 31)), ("2023-12-01", date(2026, 12, 1))],
)
def test_the_day_counts_from_the_application(received_on: str, ends_on: date) -> None:
    assert stated({**DETAIL, "received_on": received_on}, AT).ends_on(36) == ends_on


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("application", ""),
        ("scheme", "for Mr A N Other, 12 High Street"),
        ("received_on", "2024-03-01"),
        ("received_on", None),
        ("object_key", " "),
        ("contact_ids", "c-1"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(name: str, value: object) -> None:
    with pytest.raises(BadRequest) as refused:
        stated({**DETAIL, name: value}, AT)
    assert refused.value.field == name


@dataclass
class Around:
    """One application whose day has come, and the store in which it lies."""

    application: Application
    there: list[str] = field(default_factory=lambda: ["v1", "v2"])
    ledger: list[tuple[str, ...]] = field(default_factory=list)
    kept: dict[str, bool] = field(default_factory=dict)
    mode: Mode = Mode.ON
    limit: int = 10
    unread: bool = False
    held: bool = False
    dies: bool = False
    others_hold: tuple[str, ...] = ()
    owns: str = "BB-1"
    today: datetime = datetime(2027, 2, 28, 3, 40, tzinfo=UTC)

    def now(self) -> datetime:
        return self.today

    def sleep(self, seconds: float) -> None:
        del seconds

    def find(self, application: ApplicationId) -> Application | None:
        return self.application if application == self.application.id else None

    def save(self, before: Application | None, after: Application, due_on: date) -> Application:
        del before, due_on
        self.application = after
        return after

    def due(self, today: date) -> Iterator[ApplicationId]:
        del today
        yield self.application.id

    def enter_disposal(self, application: Application, versions: Sequence[str], on: date) -> None:
        del application, on
        assert self.there, "the ledger is written before anything goes"
        self.ledger.append(tuple(versions))

    def exists(self, key: str) -> bool:
        return bool(key)

    def versions(self, key: str) -> tuple[str, ...]:
        del key
        return tuple(self.there)

    def owner(self, key: str) -> str:
        return self.owns if key == self.application.object_key else ""

    def is_kept(self, key: str, version: str) -> bool:
        del key
        return self.kept.get(version, version in self.others_hold)

    def keep(self, key: str, version: str, *, held: bool) -> None:
        del key
        if self.dies:
            raise Unavailable("s3.PutObjectLegalHold", "ServiceUnavailable")
        self.kept[version] = held

    def dispose(self, key: str, versions: Sequence[str]) -> int:
        assert self.ledger, "nothing goes that the ledger does not have"
        refused = [one for one in versions if self.is_kept(key, one)]
        self.there = [one for one in self.there if one not in versions or one in refused]
        return len(refused)

    def switch(self) -> DisposalSwitch:
        if self.unread:
            raise SwitchUnread("ssm.GetParameter", "ParameterNotFound")
        return DisposalSwitch(mode=self.mode, limit=self.limit)

    def is_held(self, contact_id: ContactId) -> bool:
        return self.held and contact_id == "c-1"

    def night(self, months: int = 36) -> Tally:
        return Retiring(
            clock=self, months=months, applications=self, store=self, is_held=self.is_held, switch=self.switch
        ).run(lambda: True)


@pytest.fixture
def around() -> Around:
    return Around(stated(DETAIL, AT))


def test_on_its_day_every_version_goes_after_the_ledger_was_written(around: Around) -> None:
    tally = around.night()
    assert (tally.scoped, tally.done, tally.skipped) == (2, 2, 0)
    assert (around.there, around.ledger) == ([], [("v1", "v2")])
    assert around.application.disposed_at == around.today


@pytest.mark.parametrize("changed", [{"mode": Mode.OFF}, {"mode": Mode.DRY_RUN}, {"limit": 1}, {"unread": True}])
def test_the_switch_its_limit_and_a_dry_run_leave_everything(around: Around, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(around, name, value)
    assert around.night().skipped == 2
    assert (around.there, around.ledger) == (["v1", "v2"], [])


def test_a_hold_of_one_of_its_contacts_keeps_it_until_the_hold_ends(around: Around) -> None:
    around.held = True
    assert around.night().held == 1
    assert (around.there, around.kept) == (["v1", "v2"], {"v1": True, "v2": True})
    around.held = False
    assert around.night().done == 2
    assert around.kept == {"v1": False, "v2": False}


def test_a_policy_that_keeps_for_longer_now_keeps_what_is_there(around: Around) -> None:
    assert around.night(months=48).scoped == 0
    assert around.there == ["v1", "v2"]


def test_a_night_that_died_after_the_act_is_finished_by_the_next(around: Around) -> None:
    around.ledger.append(("v1", "v2"))
    around.there = ["v2"]
    assert around.night().done == 1
    assert around.application.disposed_at is not None


def test_a_run_that_died_after_the_act_leaves_the_ledger_as_it_is(around: Around) -> None:
    around.ledger.append(("v1", "v2"))
    around.there = []
    around.night()
    assert around.ledger == [("v1", "v2")]
    assert around.application.disposed_at is not None


def test_a_legal_hold_is_noted_before_it_is_set_so_that_it_is_lifted_again(around: Around) -> None:
    around.held = around.dies = True
    assert around.night().unseen == {ApplicationId("BB-1"): "Unavailable"}
    assert around.application.held


def test_a_legal_hold_that_somebody_else_put_there_is_not_lifted_with_stewards_own(around: Around) -> None:
    around.held, around.others_hold = True, ("v1",)
    around.night()
    around.night()
    around.held = False
    tally = around.night()
    assert (tally.done, tally.failed) == (1, 1)
    assert around.there == ["v1"]
    assert around.application.disposed_at is None


def test_an_object_that_is_another_applications_by_now_stays_for_that_one(around: Around) -> None:
    around.owns = "BB-2"
    assert around.night().scoped == 0
    assert (around.there, around.ledger) == (["v1", "v2"], [])
    assert around.application.disposed_at is not None
