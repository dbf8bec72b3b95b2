from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.clock import LONDON
from steward.retention.expiry import expires_at, is_expired

moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 -- hypothesis wants bounds without a zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_a_row_of_a_summer_evening_expires_by_its_date_in_london() -> None:
    late_in_june_utc = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert expires_at(late_in_june_utc, 12) == int(datetime(2027, 7, 1, tzinfo=LONDON).timestamp())


@given(began=moments, months=st.integers(1, 60))
@settings(deadline=None)
def test_a_row_expires_at_its_moment_and_not_a_second_before(began: datetime, months: int) -> None:
    expiry = expires_at(began, months)
    moment = datetime.fromtimestamp(expiry, UTC)
    assert is_expired(expiry, moment)
    assert not is_expired(expiry, moment - timedelta(seconds=1))
    assert not is_expired(expiry, began)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        is_expired(0, datetime(2026, 1, 1))  # noqa: DTZ001 -- the mistake under test
