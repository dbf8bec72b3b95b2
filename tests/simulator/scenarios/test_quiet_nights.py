from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.quiet_nights import COMPARISON, EVERY, REGISTER
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import call, logged

BEGAN = datetime(2027, 3, 4, 9, tzinfo=UTC)
FLAGGED = datetime(2027, 3, 9, 10, tzinfo=UTC)
_DAY = timedelta(days=1)


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[tuple[Replay, Counter[str]]]:
    """Begin a story with one flag, and count the nightly runs that are not passed over."""
    at, flagged = BEGAN.isoformat()[:19], FLAGGED.isoformat()[:19]
    lines = [*call("a1", at), logged(flagged, "C-1", ["a1"], received_on="2027-03-09")]
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    ran: Counter[str] = Counter()
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as replay:
        replay.world.functions.observers.append(lambda invocation, _: ran.update([invocation.spec.short_name]))
        yield replay, ran


def _days(replay: Replay, ran: Counter[str], until: datetime) -> Counter[str]:
    ran.clear()
    replay.run_until(until)
    return Counter({name: ran[name] for name in EVERY})


def test_the_register_is_written_after_a_flag_and_not_again_in_the_nights_that_only_looked(
    counted: tuple[Replay, Counter[str]],
) -> None:
    replay, ran = counted
    replay.run_until(FLAGGED - timedelta(hours=1))
    assert _days(replay, ran, FLAGGED + _DAY)[REGISTER] == 1
    # The looks of the second day write what they found.
    replay.run_until(FLAGGED + timedelta(days=3))
    assert _days(replay, ran, FLAGGED + timedelta(days=17))[REGISTER] <= 14 // EVERY[REGISTER].days + 1


@pytest.mark.prove
def test_the_register_and_the_statement_are_made_on_the_first_days_of_a_month_whatever_happened(
    counted: tuple[Replay, Counter[str]],
) -> None:
    replay, ran = counted
    replay.run_until(datetime(2027, 3, 31, 12, tzinfo=UTC))
    assert _days(replay, ran, datetime(2027, 4, 3, 12, tzinfo=UTC))[REGISTER] == 3
    key = replay.world.client("s3").list_objects_v2(
        Bucket=replay.world.names.buckets["evidence"], Prefix="statements/2027-03/"
    )["KeyCount"]
    assert key > 0


def test_what_was_just_deployed_is_compared_only_after_the_nights_between_two_comparisons(
    counted: tuple[Replay, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVERY, COMPARISON, 4 * _DAY)
    replay, ran = counted
    assert _days(replay, ran, BEGAN + 4 * _DAY)[COMPARISON] == 0
    assert _days(replay, ran, BEGAN + 5 * _DAY)[COMPARISON] == 1


def test_a_setting_that_somebody_changed_is_compared_in_the_next_night(counted: tuple[Replay, Counter[str]]) -> None:
    replay, ran = counted
    replay.run_until(FLAGGED + timedelta(days=2))
    assert _days(replay, ran, FLAGGED + timedelta(days=5))[COMPARISON] == 0
    bucket = replay.world.names.buckets["call_recording"]
    replay.world.client("s3").delete_public_access_block(Bucket=bucket)
    assert _days(replay, ran, FLAGGED + timedelta(days=6))[COMPARISON] == 1


@pytest.mark.prove
def test_a_register_that_failed_is_written_in_the_next_night(counted: tuple[Replay, Counter[str]]) -> None:
    replay, ran = counted
    failing = datetime(2027, 4, 3, tzinfo=UTC)
    replay.run_until(failing)
    # The third is among the first days: it is tried, and fails with both of Lambda's retries.
    replay.world.faults.add(service="s3", operation="PutObject", error="AccessDenied", times=99, until=failing + _DAY)
    assert _days(replay, ran, failing + _DAY)[REGISTER] == 3
    assert _days(replay, ran, failing + 2 * _DAY)[REGISTER] == 1
    assert _days(replay, ran, failing + 3 * _DAY)[REGISTER] == 0
