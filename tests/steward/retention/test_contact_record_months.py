"""When the month of a contact record is over, without any AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from steward.retention.contact_records import Month, StoredVersion, last_due, retire
from steward.retention.disposal import DisposalSwitch, Mode, Tally

NOW = datetime(2028, 2, 1, 3, 30, tzinfo=UTC)


@dataclass
class FakePartitions:
    content: dict[Month, list[StoredVersion]]
    locked: set[str] = field(default_factory=set)
    on_dispose: list[int] = field(default_factory=list)

    def months(self, through: Month) -> Iterator[Month]:
        yield from [month for month, versions in self.content.items() if versions and month <= through]

    def versions(self, month: Month) -> Iterator[StoredVersion]:
        yield from list(self.content[month])

    def dispose(self, versions: Sequence[StoredVersion]) -> int:
        self.on_dispose.append(len(versions))
        gone = {version for version in versions if version.key not in self.locked}
        for month, present in self.content.items():
            self.content[month] = [version for version in present if version not in gone]
        return len(versions) - len(gone)


@dataclass
class FakeLedger:
    rows: dict[str, Tally | None] = field(default_factory=dict)
    taken: int = 0

    def take(self, wanted: int, limit: int, run: datetime) -> int:
        assert run == NOW
        before, self.taken = self.taken, self.taken + wanted
        return min(max(limit - before, 0), wanted)

    def open(self, month: Month, run: datetime) -> None:
        assert run == NOW
        self.rows[str(month)] = None

    def close(self, month: Month, run: datetime, tally: Tally) -> None:
        assert run == NOW
        assert str(month) in self.rows
        self.rows[str(month)] = tally


def partitions(**numbers: int) -> FakePartitions:
    """Return partitions named like ``y2026m01`` with that many versions each."""
    return FakePartitions(
        {
            Month(int(name[1:5]), int(name[6:])): [StoredVersion(f"{name}-{n}", "v") for n in range(number)]
            for name, number in numbers.items()
        }
    )


def run(store: FakePartitions, ledger: FakeLedger, *states: DisposalSwitch, months: int = 24) -> Tally:
    answers = iter(states)
    last = states[-1]
    return retire(store, ledger, lambda: next(answers, last), months=months, now=NOW)


ON = DisposalSwitch(Mode.ON, 10_000)


@pytest.mark.parametrize(
    ("month", "months", "first_day"),
    [
        (Month(2026, 1), 24, date(2028, 2, 1)),
        (Month(2026, 12), 24, date(2029, 1, 1)),
        (Month(2024, 2), 24, date(2026, 3, 1)),
        (Month(2026, 8), 6, date(2027, 3, 1)),
    ],
)
def test_a_month_is_due_when_its_last_contact_has_had_its_whole_period(
    month: Month, months: int, first_day: date
) -> None:
    assert last_due(months, first_day) == month
    assert last_due(months, date.fromordinal(first_day.toordinal() - 1)) < month


def test_the_months_that_are_due_go_and_the_others_stay() -> None:
    store, ledger = partitions(y2025m12=3, y2026m01=2, y2026m02=4, y2028m01=5), FakeLedger()
    assert run(store, ledger, ON) == Tally(scoped=5, done=5)
    assert [str(month) for month, left in store.content.items() if left] == ["2026-02", "2028-01"]
    assert ledger.rows == {"2025-12": Tally(scoped=3, done=3), "2026-01": Tally(scoped=2, done=2)}


def test_another_period_retires_other_months() -> None:
    store = partitions(y2026m01=2, y2027m01=2, y2027m02=2)
    run(store, FakeLedger(), ON, months=12)
    assert [str(month) for month, left in store.content.items() if left] == ["2027-02"]


def test_the_limit_stops_the_run_and_the_oldest_month_goes_first() -> None:
    store, ledger = partitions(y2026m01=2500, y2025m12=1500), FakeLedger()
    tally = run(store, ledger, DisposalSwitch(Mode.ON, 2000))
    assert tally == Tally(scoped=4000, done=2000, skipped=2000)
    assert {str(month): len(left) for month, left in store.content.items()} == {"2026-01": 2000, "2025-12": 0}
    assert max(store.on_dispose) <= 1000


def test_a_limit_of_zero_deletes_nothing_and_opens_no_ledger() -> None:
    store, ledger = partitions(y2026m01=2), FakeLedger()
    assert run(store, ledger, DisposalSwitch(Mode.ON, 0)) == Tally(scoped=2, skipped=2)
    assert (store.on_dispose, ledger.rows) == ([], {})


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.DRY_RUN])
def test_nothing_is_deleted_unless_the_switch_is_on(mode: Mode) -> None:
    store, ledger = partitions(y2026m01=1200), FakeLedger()
    assert run(store, ledger, DisposalSwitch(mode, 10_000)) == Tally(scoped=1200, skipped=1200)
    assert (store.on_dispose, ledger.rows) == ([], {})


def test_a_run_stops_in_the_middle_when_the_switch_is_turned_off() -> None:
    store, ledger = partitions(y2026m01=2500), FakeLedger()
    tally = run(store, ledger, ON, DisposalSwitch(Mode.OFF, 10_000))
    assert tally == Tally(scoped=2500, done=1000, skipped=1500)
    assert ledger.rows == {"2026-01": tally}


def test_what_s3_refuses_is_counted_and_does_not_stop_the_rest() -> None:
    store, ledger = partitions(y2026m01=5), FakeLedger()
    store.locked = {"y2026m01-3"}
    assert run(store, ledger, ON) == Tally(scoped=5, done=4, failed=1)
    assert [version.key for version in store.content[Month(2026, 1)]] == ["y2026m01-3"]


def test_a_refusal_uses_up_the_limit_too() -> None:
    store = partitions(y2025m12=5, y2026m01=5)
    store.locked = {f"y2025m12-{n}" for n in range(5)}
    tally = run(store, FakeLedger(), DisposalSwitch(Mode.ON, 7))
    assert tally == Tally(scoped=10, done=2, failed=5, skipped=3)


def test_a_run_with_nothing_due_does_nothing() -> None:
    store, ledger = partitions(y2026m02=5), FakeLedger()
    assert run(store, ledger, ON) == Tally()
    assert (store.on_dispose, ledger.rows) == ([], {})
