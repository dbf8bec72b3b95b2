"""A queue in front of a function: batches, redelivery, dead letters, concurrency, time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from tests.simulator.aws.conftest import Assembly

FAIL_THE_BAD = """
import json

def handler(event, context):
    bodies = [json.loads(record["body"])["detail"] for record in event["Records"]]
    print(json.dumps(bodies))
    bad = [record["messageId"] for record, body in zip(event["Records"], bodies) if body.get("bad")]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}
"""
RAISE = """
def handler(event, context):
    raise ValueError("no")
"""
SLOW = """
import time

def handler(event, context):
    time.sleep(10)
"""


def _event(**detail: object) -> dict[str, Any]:
    return {"source": "tests", "detail-type": "Happened", "detail": detail}


def _publish(world: EmbeddedAws, *details: dict[str, Any]) -> None:
    for detail in details:
        world.publish("default", _event(**detail))
    world.settle()


def _received(world: EmbeddedAws) -> list[Any]:
    return [json.loads(line.text) for line in world.logs]


def test_an_event_travels_by_rule_and_queue_to_the_function(assembly: Assembly) -> None:
    assembly.worked_queue()
    world = assembly.start()
    _publish(world, {"case": "C-1"})
    (event,) = _received(world)
    (record,) = event["Records"]
    delivered = json.loads(record["body"])
    assert delivered["detail"] == {"case": "C-1"}
    assert (delivered["account"], delivered["region"], delivered["time"]) == (
        "111122223333",
        "eu-west-2",
        "2026-01-05T09:00:00Z",
    )
    assert record["eventSource"] == "aws:sqs"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"


def test_only_what_the_function_reports_as_failed_comes_back_and_only_after_the_visibility_time_out(
    assembly: Assembly,
) -> None:
    assembly.worked_queue(FAIL_THE_BAD)
    world = assembly.start()
    _publish(world, {"n": 1}, {"n": 2, "bad": True}, {"n": 3})
    before = len(_received(world))
    world.run_until(world.clock.now() + timedelta(seconds=179))
    assert len(_received(world)) == before
    world.run_until(world.clock.now() + timedelta(seconds=2))
    assert _received(world)[before:] == [[{"n": 2, "bad": True}]]


def test_a_message_that_keeps_failing_ends_in_the_dead_letter_queue_after_the_configured_receives(
    assembly: Assembly,
) -> None:
    assembly.worked_queue(RAISE, receives=3)
    world = assembly.start()
    _publish(world, {"n": 1})
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert world.calls["worker"]["invocations"] == 3
    (dead,) = world.dead_letters()
    assert json.loads(dead.body)["detail"] == {"n": 1}


def test_a_missing_environment_variable_makes_the_import_fail_and_the_message_end_as_a_dead_letter(
    assembly: Assembly,
) -> None:
    assembly.worked_queue('import os\nNAME = os.environ["TABLE"]\ndef handler(event, context):\n    return None\n')
    world = assembly.start()
    _publish(world, {"n": 1})
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert len(world.dead_letters()) == 1


def test_an_answer_that_names_an_unknown_message_fails_the_whole_batch(assembly: Assembly) -> None:
    unknown = 'def handler(event, context):\n    return {"batchItemFailures": [{"itemIdentifier": "unknown"}]}\n'
    assembly.worked_queue(unknown, receives=1)
    world = assembly.start()
    _publish(world, {"n": 1})
    world.run_until(world.clock.now() + timedelta(minutes=10))
    assert len(world.dead_letters()) == 1


def test_without_partial_batches_the_answer_is_ignored(assembly: Assembly) -> None:
    assembly.worked_queue(FAIL_THE_BAD, mapping={"FunctionResponseTypes": []})
    world = assembly.start()
    _publish(world, {"bad": True})
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert world.calls["worker"]["invocations"] == 1
    assert world.dead_letters() == []


def test_a_burst_with_two_slots_and_a_slow_function_takes_its_real_time(assembly: Assembly) -> None:
    assembly.worked_queue(SLOW, mapping={"BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": 2}})
    world = assembly.start()
    _publish(world, *({"n": number} for number in range(6)))
    assert world.calls["worker"]["invocations"] == 2
    world.run_until(world.clock.now() + timedelta(seconds=15))
    assert world.calls["worker"]["invocations"] == 4
    world.run_until(world.clock.now() + timedelta(minutes=10))
    assert world.calls["worker"]["invocations"] == 6
    assert world.dead_letters() == []


def test_a_function_that_reaches_its_time_out_is_killed_and_its_message_comes_back(assembly: Assembly) -> None:
    assembly.worked_queue(SLOW, receives=2, Timeout=5)
    world = assembly.start()
    _publish(world, {"n": 1})
    assert any("Task timed out after 5.00 seconds" in line.text for line in world.logs)
    world.run_until(world.clock.now() + timedelta(minutes=10))
    assert world.calls["worker"]["invocations"] == 2
    assert len(world.dead_letters()) == 1


def test_a_delayed_message_arrives_at_its_moment(assembly: Assembly) -> None:
    assembly.worked_queue()
    world = assembly.start()
    queues = world.client("sqs")
    queues.send_message(QueueUrl=world.names.queues["Work"], MessageBody="{}", DelaySeconds=900)
    world.run_until(world.clock.now() + timedelta(seconds=899))
    assert world.calls["worker"]["invocations"] == 0
    world.run_until(world.clock.now() + timedelta(seconds=2))
    assert world.calls["worker"]["invocations"] == 1


def test_a_batching_window_gathers_what_arrives_within_it(assembly: Assembly) -> None:
    assembly.worked_queue(mapping={"BatchSize": 10, "MaximumBatchingWindowInSeconds": 60})
    world = assembly.start()
    _publish(world, {"n": 1})
    world.run_until(world.clock.now() + timedelta(seconds=30))
    _publish(world, {"n": 2})
    assert world.calls["worker"]["invocations"] == 0
    world.run_until(world.clock.now() + timedelta(seconds=31))
    (event,) = _received(world)
    assert len(event["Records"]) == 2


def test_a_full_batch_does_not_wait_for_the_window(assembly: Assembly) -> None:
    assembly.worked_queue(mapping={"BatchSize": 2, "MaximumBatchingWindowInSeconds": 60})
    world = assembly.start()
    _publish(world, {"n": 1}, {"n": 2})
    assert world.calls["worker"]["invocations"] == 1


def test_a_filter_drops_what_it_does_not_accept_without_an_invocation(assembly: Assembly) -> None:
    wanted = {"Filters": [{"Pattern": json.dumps({"body": {"detail": {"wanted": [True]}}})}]}
    assembly.worked_queue(mapping={"FilterCriteria": wanted})
    world = assembly.start()
    _publish(world, {"wanted": False})
    assert world.calls["worker"]["invocations"] == 0
    _publish(world, {"wanted": True})
    assert world.calls["worker"]["invocations"] == 1
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert world.calls["worker"]["invocations"] == 1


def test_a_message_made_visible_by_the_function_comes_back_at_once(assembly: Assembly) -> None:
    code = """
    import boto3

    def handler(event, context):
        record = event["Records"][0]
        if record["attributes"]["ApproximateReceiveCount"] == "1":
            name = record["eventSourceARN"].split(":")[-1]
            queues = boto3.client("sqs")
            url = queues.get_queue_url(QueueName=name)["QueueUrl"]
            queues.change_message_visibility(QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=5)
            raise ValueError("again, soon")
    """
    assembly.worked_queue(code)
    world = assembly.start()
    _publish(world, {"n": 1})
    world.run_until(world.clock.now() + timedelta(seconds=6))
    assert world.calls["worker"]["invocations"] == 2
