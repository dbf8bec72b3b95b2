from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from simulator.aws.s3.locks import Lock, refusal

MOMENTS = st.integers(0, 1_500).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days))
MODES = st.sampled_from(["GOVERNANCE", "COMPLIANCE"])
LOCKS = st.one_of(st.builds(Lock, held=st.booleans()), st.builds(Lock, mode=MODES, until=MOMENTS, held=st.booleans()))


@given(lock=LOCKS, now=MOMENTS)
def test_the_bypass_opens_nothing_but_governance(lock: Lock, now: datetime) -> None:
    opened = lock.forbids_deletion(now, bypass=False) and not lock.forbids_deletion(now, bypass=True)
    assert opened == (lock.mode == "GOVERNANCE" and lock.retained(now) and not lock.held)


@given(lock=LOCKS, now=MOMENTS, bypass=st.booleans())
def test_what_is_held_is_never_deleted(lock: Lock, now: datetime, bypass: bool) -> None:  # noqa: FBT001
    lock = replace(lock, held=True)
    assert lock.forbids_deletion(now, bypass=bypass)


@given(lock=LOCKS, now=MOMENTS, later=MOMENTS)
def test_a_lock_that_opened_stays_open(lock: Lock, now: datetime, later: datetime) -> None:
    first, second = sorted((now, later))
    if not lock.forbids_deletion(first, bypass=False):
        assert not lock.forbids_deletion(second, bypass=False)


@given(end=MOMENTS, mode=MODES, until=MOMENTS, now=MOMENTS)
def test_a_change_that_is_allowed_never_shortens_compliance(
    end: datetime, mode: str, until: datetime, now: datetime
) -> None:
    lock = Lock("COMPLIANCE", end)
    allowed = not lock.forbids_retention(mode, until, now, bypass=True)
    assert allowed == (end <= now or (mode == "COMPLIANCE" and until >= end))


@given(lock=LOCKS, longer=st.integers(0, 100), now=MOMENTS)
def test_extending_in_the_same_mode_is_always_allowed(lock: Lock, longer: int, now: datetime) -> None:
    until = lock.until and lock.until + timedelta(days=longer)
    assert not lock.forbids_retention(lock.mode, until, now, bypass=False)


@given(mode=st.one_of(st.none(), MODES), until=st.one_of(st.none(), MOMENTS), now=MOMENTS)
def test_a_retention_has_mode_and_future_date_or_neither(
    mode: str | None, until: datetime | None, now: datetime
) -> None:
    accepted = refusal(mode, until, now) is None
    assert accepted == ((mode is None and until is None) or (mode is not None and until is not None and until > now))
