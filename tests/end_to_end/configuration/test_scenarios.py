"""The comparison in a story: somebody changes something by ``console``, and the state has the finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.output import Outcome
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line, call, recording_key, wait

Play = Callable[..., State]
START = "2027-03-01T12:00:00Z"
KEY = recording_key("a1", "2027-03-01T12:10:00")


def console(at: str, service: str, operation: str, **parameters: object) -> Line:
    return {
        "at": at,
        "console": {"service": service, "operation": operation, "parameters": parameters, "as": "mallory"},
    }


def rules(*statuses: str) -> dict[str, Any]:
    return {"Rules": [{"ID": "mine", "Status": status, "Filter": {}, "Expiration": {"Days": 1}} for status in statuses]}


@contextmanager
def played(tmp_path: Path, lines: list[Line]) -> Iterator[Replay]:
    path = tmp_path / "story.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        yield running


def test_a_lifecycle_rule_that_somebody_changes_is_a_finding_of_the_next_night(play: Play) -> None:
    changed = console(
        "2027-03-02T09:00:00Z",
        "s3",
        "PutBucketLifecycleConfiguration",
        Bucket="{screen_recording}",
        LifecycleConfiguration=rules("Enabled"),
    )
    state = play([wait(START), changed, wait("2027-03-03T09:00:00Z")])

    [one] = state.findings
    assert (one.check, one.severity) == ("lifecycle rules", "stop")
    assert one.resource == "local-steward-stores/ScreenRecordingBucket"
    assert datetime(2027, 3, 3, tzinfo=UTC) < one.opened_at < datetime(2027, 3, 3, 9, tzinfo=UTC)
    assert one.closed_at is None
    assert one.expected
    assert one.found


def test_a_finding_that_was_put_right_stays_in_the_state_with_the_moment_of_its_end(play: Play) -> None:
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    state = play(
        [
            wait(START),
            console("2027-03-02T09:00:00Z", "s3", "DeletePublicAccessBlock", Bucket="{evaluation}"),
            console(
                "2027-03-04T09:00:00Z",
                "s3",
                "PutPublicAccessBlock",
                Bucket="{evaluation}",
                PublicAccessBlockConfiguration=block,
            ),
            wait("2027-03-06T09:00:00Z"),
        ]
    )

    [one] = state.findings
    assert one.check == "public access block"
    assert one.closed_at is not None
    assert one.closed_at.date() == datetime(2027, 3, 5, tzinfo=UTC).date()


def test_a_flow_is_called_as_its_templates_file_and_a_draft_is_a_note(play: Play) -> None:
    content = json.dumps({"Version": "2019-10-30", "StartAction": "a", "Actions": []})
    edits = [
        console(
            "2027-03-02T09:00:00Z",
            "connect",
            "UpdateContactFlowContent",
            InstanceId="{instance_id}",
            ContactFlowId="payment-guide",
            Content=content,
        ),
        console(
            "2027-03-02T09:01:00Z",
            "connect",
            "UpdateContactFlowModuleContent",
            InstanceId="{instance_id}",
            ContactFlowModuleId="payment",
            Content=content,
        ),
    ]
    state = play([wait(START), *edits, wait("2027-03-03T09:00:00Z")])

    found = {
        (one.resource.partition("/")[2].rstrip("0123456789ABCDEF"), one.check): one.severity for one in state.findings
    }
    # What a flow that takes cards may do is the gravest that a state knows.
    assert found == {("PaymentGuide", "content"): "stop", ("PaymentModule", "content"): "high"}


@pytest.mark.parametrize("key", ["HeldKey", "alias/local-steward-statements"])
def test_a_key_is_called_as_its_template_or_its_alias_calls_it(play: Play, key: str) -> None:
    changed = console("2027-03-02T09:00:00Z", "kms", "DisableKey", KeyId=key)
    state = play([wait(START), changed, wait("2027-03-03T09:00:00Z")])

    [found] = [one for one in state.findings if one.check == "state"]
    assert (found.severity, found.found) == ("stop", "Disabled")


def test_a_parameter_is_changed(tmp_path: Path) -> None:
    name = "/local-steward/disposal-switch"
    off = console("2027-03-01T12:30:00Z", "ssm", "PutParameter", Name=name, Value="off", Overwrite=True)
    with played(tmp_path, [wait(START), off]) as running:
        before = running.world.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        running.run_until(datetime(2027, 3, 1, 13, tzinfo=UTC))
        after = running.world.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]

    assert (json.loads(before)["mode"], after) == ("on", "off")


def test_a_version_that_somebody_deletes_whatever_the_bucket_policy_says_is_gone(
    replay: Callable[..., Outcome],
) -> None:
    hidden = console("2027-03-01T13:00:00Z", "s3", "DeleteObject", Bucket="{call_recording}", Key=KEY)
    written = console("2027-03-01T13:05:00Z", "s3", "PutObject", Bucket="{evaluation}", Key="k", Body="text")
    outcome = replay([wait(START), *call("a1", "2027-03-01T12:10:00"), hidden, written, wait("2027-03-01T14:00:00Z")])

    assert [one.is_latest for one in outcome.state.stores["call_recording"].objects] == [False]
    assert [one.key for one in outcome.state.stores["evaluation"].objects] == ["k"]
    told = [one.text for one in outcome.timeline if one.kind == "console"]
    assert told[0] == "mallory calls s3.DeleteObject beside the templates: done."


def test_what_a_person_reads_is_in_the_access_log_an_hour_later(tmp_path: Path) -> None:
    lines = [
        wait(START),
        *call("a1", "2027-03-01T12:10:00"),
        {"at": "2027-03-01T13:00:00Z", "read": {"by": "listener/ann", "store": "call_recording", "key": KEY}},
        wait("2027-03-01T15:00:00Z"),
    ]
    with played(tmp_path, lines) as running:
        logs = running.world.names.buckets["AccessLogs"]
        running.run_until(datetime(2027, 3, 1, 13, 59, tzinfo=UTC))
        assert running.world.s3.stores_state(logs) == []
        running.run_until(datetime(2027, 3, 1, 15, tzinfo=UTC))
        [file] = running.world.s3.stores_state(logs)
        assert file.key.startswith("call_recording/2027-03-01-14-00-00-")
        body = running.world.client("s3").get_object(Bucket=logs, Key=file.key)["Body"].read().decode()
    account = running.world.account
    assert f" arn:aws:sts::{account}:assumed-role/listener/ann " in body
    assert f" REST.GET.OBJECT {KEY.replace(':', '%3A')} " in body
    assert "[01/Mar/2027:13:00:00 +0000]" in body
