"""Contact records that never come: told the next morning, by Connect's own count of contacts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudwatch import MetricId, Watching
from tests.end_to_end.stories import moment

DEPLOYED = moment("2027-01-04T12:00:00")
FIRST_MORNING, SECOND_MORNING, THIRD_MORNING = (moment(f"2027-01-0{day}T05:00:00") for day in (5, 6, 7))
"""Before each morning's run, at a quarter past five, which counts the day before."""


@pytest.fixture(scope="module")
def world() -> Iterator[EmbeddedAws]:
    with embedded_aws(cached_synthesis(Path("policies/barnet.toml")), DEPLOYED) as deployed:
        deployed.functions.passes_over = lambda function, _: function == "compare_configuration"
        yield deployed


def _ended(world: EmbeddedAws, name: int, day: str) -> dict[str, Any]:
    """Let a contact have ended that day, and return its record."""
    record = {
        "ContactId": f"00000000-0000-4000-8000-{name:012d}",
        "Channel": "VOICE",
        "InitiationTimestamp": f"{day}T10:00:00Z",
        "DisconnectTimestamp": f"{day}T10:05:00Z",
    }
    world.connect.contact({**record, "Id": record["ContactId"]})
    return record


@dataclass(frozen=True)
class Mornings:
    """What the counts of the first two mornings said, and what was raised and counted by then."""

    said: list[Any]
    raised: list[str]
    counted: list[float]


@pytest.fixture(scope="module")
def first_mornings(world: EmbeddedAws) -> Mornings:
    """Let contacts end before the stream is there and on its first day: days are compared once a record has come."""
    watching, said = Watching(world), []
    _ended(world, 1, "2027-01-03")
    _ended(world, 2, "2027-01-04")
    world.run_until(FIRST_MORNING)
    said.append(world.run("count_contact_records", {}).response)
    world.run_until(moment("2027-01-05T10:10:00"))
    _ended(world, 3, "2027-01-05")
    world.contact_record(_ended(world, 4, "2027-01-05"))
    world.run_until(SECOND_MORNING)
    said.append(world.run("count_contact_records", {}).response)
    world.run_until(SECOND_MORNING + timedelta(hours=1))
    counted = watching.metrics.between(_metric("ContactsEnded"), DEPLOYED, world.clock.now())
    return Mornings(said, watching.raised(DEPLOYED), counted)


def test_an_instance_long_in_use_raises_no_alarm_on_its_first_mornings(first_mornings: Mornings) -> None:
    """Contacts of the days before the stream was there have no record, and none is missing."""
    assert first_mornings.said == [
        {"compared": False, "because": "the stream was not there a day before, and nothing had come"},
        {"compared": False, "because": "the first records came on that day or later"},
    ]
    assert "RecordsMissingAlarm" not in first_mornings.raised
    assert first_mornings.counted == []


@pytest.mark.usefixtures("first_mornings")
def test_a_contact_whose_record_never_came_is_told_the_next_morning_and_the_others_are_not(
    world: EmbeddedAws,
) -> None:
    """More contacts than a page of Connect's holds; and a record of one that the search does not tell."""
    watching = Watching(world)
    world.run_until(moment("2027-01-06T10:10:00"))
    for name in range(100, 203):
        world.contact_record(_ended(world, name, "2027-01-06"))
    world.contact_record({**_ended(world, 203, "2027-01-06"), "ContactId": "00000000-0000-4000-8000-000000000999"})
    world.run_until(THIRD_MORNING)
    said = world.run("count_contact_records", {}).response
    assert said == {"compared": True, "contacts": 104, "records": 103, "unreadable": 0}
    world.run_until(THIRD_MORNING + timedelta(hours=2))
    assert watching.raised(THIRD_MORNING) == ["RecordsMissingAlarm"]
    [*_, ended], [*_, arrived] = (
        watching.metrics.between(_metric(name), THIRD_MORNING, world.clock.now())
        for name in ("ContactsEnded", "RecordsArrived")
    )
    assert (ended, arrived) == (104, 103)


def _metric(name: str) -> MetricId:
    return MetricId.of("steward", name, {"service": "count_contact_records", "environment": "local"})


def test_a_stream_that_nothing_reads_for_an_hour_raises_an_alarm(world: EmbeddedAws) -> None:
    """A mapping that is idle counts nothing read; one that is disabled counts no longer."""
    watching = Watching(world)
    [feed] = [
        one.identity.ref
        for one in world.resources
        if one.declaration.type == "AWS::Lambda::EventSourceMapping" and "MetricsConfig" in one.declaration.properties
    ]
    polled = MetricId.of("AWS/Lambda", "PolledEventCount", {"EventSourceMappingUUID": feed})
    since = world.clock.now()
    for _ in range(20):
        watching.report(polled, 0)
        world.run_until(world.clock.now() + timedelta(minutes=5))
    assert watching.raised(since) == []
    stopped = world.clock.now()
    world.run_until(stopped + timedelta(minutes=90))
    assert watching.raised(stopped) == ["FlagsNotReadAlarm"]
