"""A lifecycle rule that somebody switched off, and that was found once: what the next comparisons make of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.children import in_a_child
from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.test_comparison import put_back, switch_off

FINDING = "CallRecordingBucket/lifecycle rules"


@pytest.fixture(scope="module")
def found_once(deployed: EmbeddedAws) -> Live:
    """Each test goes on from there in a child."""
    live = Live(deployed)
    switch_off(live, "call_recording")
    [(name, one)] = live.findings().items()
    assert name == FINDING
    assert (one["harm"], one["expected"], one["found"]) == (
        "stop",
        "policy-period.Status: Enabled",
        "policy-period.Status: Disabled",
    )
    return live


def test_it_is_told_once_and_once_more_when_it_is_back(found_once: Live) -> None:
    def act() -> tuple[list[set[str]], list[str]]:
        found = [set(found_once.findings())]
        put_back(found_once, "call_recording")
        found.extend(set(found_once.findings()) for _ in range(2))
        assert found_once.mails("SupervisorsTopic") == []
        return found, found_once.mails("DataProtectionTopic")

    found, (opened, closed) = in_a_child(act)
    assert found == [{FINDING}, set(), set()]
    assert FINDING in opened
    assert "As it was written again" in closed


def test_what_may_not_be_read_is_not_shown_and_neither_opens_nor_closes_anything(found_once: Live) -> None:
    def act() -> None:
        put_back(found_once, "call_recording")
        faults = found_once.world.faults
        faults.add(service="s3", operation="GetBucketLifecycleConfiguration", error="AccessDenied", times=1000)

        answer = found_once.compare()

        assert [one["id"].partition("/")[2] for one in answer["findings"]] == [FINDING]
        assert len(answer["not_shown"]) == 13
        why = {one["why"] for one in answer["not_shown"]}
        assert why == {"s3.GetBucketLifecycleConfiguration answered AccessDenied"}
        faults.clear()
        assert found_once.findings() == {}

    in_a_child(act)


def test_it_is_closed_when_what_it_is_about_is_no_longer_written(found_once: Live) -> None:
    def act() -> set[str]:
        stack = found_once.stack("stores")
        template = json.loads(stack.template)
        del template["Resources"]["CallRecordingBucket"]
        stack.template = json.dumps(template)
        stack.creation_time += timedelta(days=1)
        return set(found_once.findings())

    assert FINDING not in in_a_child(act)


def test_what_another_run_saw_after_this_one_began_to_read_is_not_closed_by_it(found_once: Live) -> None:
    def act() -> tuple[int, int]:
        world = found_once.world
        table, dynamodb = world.names.tables["RegisterTable"], world.client("dynamodb")
        [row] = [one for one in dynamodb.scan(TableName=table)["Items"] if one["sk"]["S"].startswith("OPEN#")]
        later = (world.clock.now() + timedelta(hours=1)).isoformat(timespec="microseconds")
        dynamodb.put_item(TableName=table, Item={**row, "seen_at": {"S": later}})
        world.memory.forget("dynamodb")
        put_back(found_once, "call_recording")
        return len(found_once.findings()), len(found_once.mails("DataProtectionTopic"))

    assert in_a_child(act) == (1, 1)
