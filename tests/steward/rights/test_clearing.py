"""What is removed of requests and disclosures goes under the switch, and no further than its limit of a night."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from steward.rights.clearing import Clearing


@dataclass
class Night:
    removed: int = 0
    skipped: int = 0


@dataclass
class Store:
    """So many versions lie under each prefix; it answers how many there were, at most one more than it may remove."""

    versions: dict[str, int]
    asked: list[tuple[str, int]] = field(default_factory=list)

    def remove(self, prefix: str, limit: int) -> int:
        self.asked.append((prefix, limit))
        there = self.versions[prefix]
        self.versions[prefix] = max(there - limit, 0)
        return min(there, limit + 1)


def clearing(store: Store, mode: Mode = Mode.ON, limit: int = 3) -> Clearing:
    return Clearing(removing=store, switch=lambda: DisposalSwitch(mode=mode, limit=limit))


def test_what_fits_into_the_night_goes_whole() -> None:
    store, night = Store({"packages/SAR-1/": 3}), Night()
    assert clearing(store).clear("packages/SAR-1/", night)
    assert (night.removed, night.skipped) == (3, 0)


def test_more_than_the_limit_is_begun_and_said_to_be_left() -> None:
    store, night = Store({"packages/SAR-1/": 5}), Night()
    assert not clearing(store).clear("packages/SAR-1/", night)
    assert (night.removed, night.skipped) == (3, 0)
    assert store.versions == {"packages/SAR-1/": 2}


def test_the_limit_is_one_for_all_removals_of_a_night() -> None:
    store, night = Store({"a/": 2, "b/": 2, "c/": 1}), Night()
    one = clearing(store)
    assert [one.clear(prefix, night) for prefix in ("a/", "b/", "c/")] == [True, False, False]
    assert store.asked == [("a/", 3), ("b/", 1)]
    assert (night.removed, night.skipped) == (3, 1)


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.ON])
def test_nothing_goes_unless_the_switch_is_on(mode: Mode) -> None:
    store, night = Store({"a/": 1}), Night()
    assert not clearing(store, mode).clear("a/", night)
    assert (store.asked, night.skipped) == ([], 1)


def test_a_switch_that_cannot_be_read_means_off() -> None:
    def unread() -> DisposalSwitch:
        raise SwitchUnread("ssm.GetParameter", "ParameterNotFound")

    store, night = Store({"a/": 1}), Night()
    assert not Clearing(removing=store, switch=unread).clear("a/", night)
    assert (store.asked, night.skipped) == ([], 1)


def test_a_switch_that_is_thrown_during_the_night_stops_the_next_removal() -> None:
    modes = iter([Mode.ON, Mode.OFF])
    store, night = Store({"a/": 1, "b/": 1}), Night()
    one = Clearing(removing=store, switch=lambda: DisposalSwitch(mode=next(modes), limit=3))
    assert [one.clear("a/", night), one.clear("b/", night)] == [True, False]
    assert store.versions == {"a/": 0, "b/": 1}
