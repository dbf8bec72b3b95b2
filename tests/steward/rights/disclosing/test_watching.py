"""What each night sees to of every disclosure: what is said, how often, and what goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.failures import Throttled, UnreadableRow
from steward.ids import Sha256
from steward.policy.disclosure import Disclosure as DisclosurePolicy
from steward.retention.disposal import DisposalSwitch, Mode
from steward.rights.clearing import Clearing
from steward.rights.disclosing.ports import OnRecord
from steward.rights.disclosing.register import Disclosure, DisclosureId, Given, Grant, Papers, Prepared, Telling
from steward.rights.disclosing.watching import Tally, Watching
from steward.rights.ports import VersionConflict

ID = DisclosureId("D-1")
ASKED = datetime(2027, 3, 1, 10, tzinfo=UTC)
POLICY = DisclosurePolicy(to=("the police",), condition="by law", register_months=72)
COPY = Prepared(
    key="disclosures/D-1/copy.zip", files=(Given(source_key="a", name="a", sha256=Sha256("0"), bytes=1),), at=ASKED
)


def granted(*, tell: bool = True, review_on: date | None = None, expires_on: date = date(2027, 4, 30)) -> Grant:
    telling = Telling(tell=tell, ground="" if tell else "crime_or_taxation", review_on=review_on)
    return Grant(files=(), expires_on=expires_on, telling=telling, by="dan", at=ASKED)


@dataclass
class Council:
    """A register of disclosures, its store, and what the information team is told."""

    register: dict[DisclosureId, Disclosure | Exception]
    day: date = date(2027, 3, 2)
    mode: Mode = Mode.ON
    told: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    saved: int = 0

    def now(self) -> datetime:
        return datetime.combine(self.day, ASKED.timetz())

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def unfinished(self) -> Iterator[DisclosureId]:
        return iter(list(self.register))

    def find(self, disclosure: DisclosureId) -> OnRecord | None:
        known = self.register[disclosure]
        if isinstance(known, Exception):
            raise known
        return OnRecord(disclosure=known, events=frozenset())

    def save(self, before: Disclosure | None, after: Disclosure, event_id: str = "") -> Disclosure:
        assert before == self.register[after.id]
        assert not event_id
        self.register[after.id] = after
        self.saved += 1
        return after

    def remove(self, prefix: str, limit: int) -> int:
        assert limit > 0
        self.removed.append(prefix)
        return 1

    def __getattr__(self, name: str) -> Callable[[Disclosure], None]:
        """Be told whatever a night tells, by the name of the mail."""
        if name not in {"papers_overdue", "review_silence", "undecided"}:
            raise AttributeError(name)
        return lambda disclosure: self.told.append(f"{name} {disclosure.id}")

    def night(self, day: date | None = None, *, time_left: Callable[[], bool] = lambda: True) -> Tally:
        self.day = day or self.day
        watching = Watching(
            clock=self,
            policy=POLICY,
            disclosures=self,  # type: ignore[arg-type]
            notices=self,  # type: ignore[arg-type]
            clearing=Clearing(removing=self, switch=lambda: DisposalSwitch(mode=self.mode, limit=100)),
        )
        return watching.run(time_left)


def council(**changes: object) -> Council:
    asked = Disclosure(id=ID, kind="police", requested_by="dora", asked_at=ASKED)
    return Council({ID: replace(asked, **changes)})  # type: ignore[arg-type]


def known(council: Council) -> Disclosure:
    one = council.register[ID]
    assert isinstance(one, Disclosure)
    return one


def test_papers_are_overdue_the_day_after_they_were_due_and_that_is_said_once_a_day_until_they_come() -> None:
    here = council(grant=granted(), papers=Papers(due_on=date(2027, 3, 2)))

    assert here.night(date(2027, 3, 2)).papers_overdue == 0
    assert here.told == []
    assert here.night(date(2027, 3, 3)).papers_overdue == 1
    here.night()
    assert here.told == ["papers_overdue D-1"]
    here.night(date(2027, 3, 4))
    assert here.told == ["papers_overdue D-1"] * 2
    assert known(here).told == ("papers:2027-03-04",)
    here.register[ID] = replace(known(here), papers=Papers(due_on=date(2027, 3, 2), came_on=date(2027, 3, 5)))
    assert here.night(date(2027, 3, 5)).papers_overdue == 0
    assert len(here.told) == 2


def test_that_the_person_is_not_told_is_looked_at_again_on_its_day_and_every_week_after_it() -> None:
    here = council(grant=granted(tell=False, review_on=date(2027, 3, 10)))
    told = {}
    for days in range(-1, 15):
        day = date(2027, 3, 10) + timedelta(days=days)
        here.night(day)
        told[days] = len(here.told)

    assert [days for days in told if told[days] > told.get(days - 1, 0)] == [0, 7, 14]
    assert set(here.told) == {"review_silence D-1"}
    assert here.night().reviews == 1


def test_where_the_person_may_be_told_nothing_is_looked_at_again() -> None:
    here = council(grant=granted(tell=True, review_on=date(2027, 3, 10)))

    assert here.night(date(2027, 3, 17)).reviews == 0
    assert here.told == []


def test_what_nobody_decides_is_said_every_week_from_the_day_on_which_it_was_asked_for() -> None:
    here = council()
    said = []
    for days in range(16):
        before = len(here.told)
        here.night(date(2027, 3, 1) + timedelta(days=days))
        said += [days] if len(here.told) > before else []

    assert said == [7, 14]
    assert set(here.told) == {"undecided D-1"}
    assert known(here).told == ("undecided:2",)


def test_the_day_on_which_something_was_asked_for_is_one_in_london() -> None:
    here = council(asked_at=datetime(2027, 7, 1, 23, 30, tzinfo=UTC))

    assert here.night(date(2027, 7, 8)).undecided == 0
    assert here.night(date(2027, 7, 9)).undecided == 1


@pytest.mark.parametrize("changes", [{"grant": granted()}, {"refused_because": ("rejected",)}])
def test_of_what_was_decided_nobody_is_asked(changes: dict[str, object]) -> None:
    here = council(**changes)

    assert here.night(date(2027, 3, 20)).undecided == 0
    assert here.told == []


def test_a_prepared_copy_goes_the_day_after_its_last_one_and_once() -> None:
    here = council(grant=granted(expires_on=date(2027, 3, 20)), prepared=COPY)

    here.night(date(2027, 3, 20))
    assert here.removed == []
    assert here.night(date(2027, 3, 21)).removed == 1
    assert known(here).prepared == replace(COPY, gone=True)
    here.night(date(2027, 3, 22))
    assert here.removed == ["disclosures/D-1/"]


def test_a_copy_that_could_not_be_removed_is_not_called_gone_and_is_tried_again() -> None:
    here = council(grant=granted(expires_on=date(2027, 3, 20)), prepared=COPY)
    here.mode = Mode.OFF

    tally = here.night(date(2027, 3, 21))

    assert (tally.removed, tally.skipped) == (0, 1)
    assert known(here).prepared == COPY
    assert here.saved == 0
    here.mode = Mode.ON
    here.night(date(2027, 3, 22))
    assert known(here).prepared == replace(COPY, gone=True)


def test_what_is_left_goes_with_its_form_when_the_register_no_longer_knows_of_it() -> None:
    here = council(refused_because=("rejected",), stated={"form_key": "forms/D-1.pdf"})

    here.night(date(2033, 2, 28))
    assert here.removed == []
    here.night(date(2033, 3, 1))
    assert here.removed == ["disclosures/D-1/", "forms/D-1.pdf"]
    assert known(here).cleared_at == here.now()


def test_a_form_that_could_not_be_removed_keeps_the_disclosure_on_record() -> None:
    here = council(refused_because=("rejected",), stated={"form_key": "forms/D-1.pdf"})
    here.mode = Mode.OFF

    here.night(date(2033, 3, 1))

    assert known(here).cleared_at is None


@pytest.mark.parametrize(
    "problem", [Throttled("dynamodb.GetItem", "Throttling"), VersionConflict(), UnreadableRow("x")]
)
def test_one_that_fails_is_counted_and_stops_no_other(problem: Exception) -> None:
    here = Council({DisclosureId("D-0"): problem, ID: known(council())})

    tally = here.night(date(2027, 3, 9))

    assert tally.failed == {"D-0": type(problem).__name__}
    assert tally.disclosures == 2
    assert here.told == ["undecided D-1"]


def test_what_there_was_no_time_for_is_named_and_not_called_seen_to() -> None:
    here = council()

    tally = here.night(date(2027, 3, 9), time_left=lambda: False)

    assert tally.failed == {ID: "no time was left"}
    assert tally.disclosures == 0
    assert here.told == []


def test_a_night_in_which_nothing_is_due_writes_nothing() -> None:
    here = council(grant=granted(), prepared=COPY, papers=Papers(due_on=date(2027, 3, 2)))

    here.night(date(2027, 3, 2))

    assert (here.saved, here.told, here.removed) == (0, [], [])
