"""The alarms on what did not run: each daily job has its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import NOT_COMPARED, Drill

COMPARISON = "CompareConfiguration"
JOBS = (
    "MaintainHolds",
    "RepeatOrders",
    "RetireContactRecords",
    "CountContactRecords",
    "GuardPayments",
    "ReplayErasures",
    "WatchDisclosures",
    "WatchRequests",
    "WriteStatement",
)


def raised_without(drill: Drill, *jobs: str) -> set[str]:
    """Return what is raised when these do not run in two nights; from the next night on they run again."""
    centre = Centre(drill)

    def switch(state: str) -> None:
        for job in jobs:
            centre.schedule(f"{job}DailySchedule", state)

    raised = drill.raises(lambda: switch("DISABLED"), within=timedelta(hours=52))
    switch("ENABLED")
    # The next night's runs, however late in that day they are, and the full hour at which their alarms are looked at.
    drill.world.run_until(drill.world.clock.now() + timedelta(days=1, hours=2))
    return raised


@pytest.fixture(scope="module")
def drill(drill: Drill) -> Drill:
    """Let one more night compare: the alarm on comparisons is raised again only once one has run."""
    comparing = drill.with_comparisons()
    comparing.world.run_until(comparing.world.clock.now() + timedelta(days=1))
    assert comparing.in_alarm() == set()
    return comparing


@pytest.fixture(scope="module")
def without_any(drill: Drill) -> set[str]:
    raised = raised_without(drill, *JOBS)
    assert drill.in_alarm() == set()
    return raised


@pytest.mark.parametrize("job", JOBS)
def test_a_schedule_that_does_not_run_raises_an_alarm(without_any: set[str], job: str) -> None:
    assert f"{job}DailyDidNotRunAlarm" in without_any


def test_that_they_were_switched_off_is_a_difference_too_and_nothing_else_is_raised(without_any: set[str]) -> None:
    assert without_any == {*(f"{job}DailyDidNotRunAlarm" for job in JOBS), "ConfigurationDiffersAlarm"}


def test_a_comparison_that_does_not_run_raises_an_alarm_and_does_not_tell_that_it_was_switched_off(
    drill: Drill,
) -> None:
    assert raised_without(drill, COMPARISON) == {NOT_COMPARED}
    assert drill.in_alarm() == set()


@pytest.mark.prove
@pytest.mark.parametrize("job", JOBS)
def test_a_schedule_that_does_not_run_raises_its_own_alarm_and_no_other_jobs(drill: Drill, job: str) -> None:
    alone = drill.without_comparisons()

    assert raised_without(alone, job) == {f"{job}DailyDidNotRunAlarm"}
    assert alone.in_alarm() == set()
