"""Alarms around what is erased of a person: each count that matters is driven into alarm."""

from __future__ import annotations

import pytest

from simulator.aws.cloudwatch import MetricId
from tests.end_to_end.watching.drill import Drill


@pytest.mark.parametrize(
    ("function", "metric", "alarm"),
    [
        ("erase_person", "ErasureFailed", "ErasePersonErasureFailedAlarm"),
        ("erase_person", "ErasedDataReappeared", "ErasePersonErasedDataReappearedAlarm"),
        ("erase_person", "ErasureWaits", "ErasePersonErasureWaitsAlarm"),
        ("replay_erasures", "ReplayFailed", "ReplayErasuresReplayFailedAlarm"),
    ],
)
def test_what_an_erasure_counts_raises_its_alarm(stubs: Drill, function: str, metric: str, alarm: str) -> None:
    counted = MetricId.of("steward", metric, {"service": function, "environment": "local"})

    assert stubs.raises(lambda: stubs.watching.report(counted, 1)) == {alarm}
