"""What a handler finds around it, and what can go wrong with it."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.lambda_.invocation import FunctionError
from simulator.aws.lambda_.service import UnknownFunction

if TYPE_CHECKING:
    from tests.simulator.aws.conftest import Assembly

TABLE = {
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
WRITE_TWO = """
import boto3
import os

def handler(event, context):
    table = boto3.client("dynamodb")
    for number in "12":
        table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": number}})
    return {"written": "2"}
"""


def _with_table(assembly: Assembly, code: str = WRITE_TWO) -> None:
    assembly.add("Table", "AWS::DynamoDB::Table", **TABLE)
    assembly.function("Worker", code, Environment={"Variables": {"TABLE": {"Ref": "Table"}}})


def _rows(world: object, table: str) -> int:
    return int(world.client("dynamodb").scan(TableName=table)["Count"])  # type: ignore[attr-defined]


def test_a_handler_sees_its_own_variables_and_virtual_time_and_the_process_gets_its_own_back(
    assembly: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """
    import datetime, os
    seen_at_import = os.environ["COLOUR"]

    def handler(event, context):
        return {
            "variables": [seen_at_import, os.environ["COLOUR"], os.environ["AWS_LAMBDA_FUNCTION_NAME"]],
            "foreign": "ONLY_OUTSIDE" in os.environ,
            "now": datetime.datetime.now(datetime.UTC).isoformat(),
            "left": context.get_remaining_time_in_millis(),
            "arn": context.invoked_function_arn,
        }
    """
    monkeypatch.setenv("ONLY_OUTSIDE", "1")
    assembly.function("Worker", code, Environment={"Variables": {"COLOUR": "blue"}})
    world = assembly.start()
    before = dict(os.environ)
    assert world.invoke("worker", {}) == {
        "variables": ["blue", "blue", "test-worker"],
        "foreign": False,
        "now": "2026-01-05T09:00:00+00:00",
        "left": 30000,
        "arn": "arn:aws:lambda:eu-west-2:111122223333:function:test-worker",
    }
    assert dict(os.environ) == before
    assert "handler" not in sys.modules


def test_two_functions_with_modules_of_the_same_name_do_not_mix(assembly: Assembly) -> None:
    assembly.function("First", "def handler(event, context):\n    return 'first'\n")
    assembly.function("Second", "def handler(event, context):\n    return 'second'\n")
    world = assembly.start()
    assert [world.invoke(name, {}) for name in ("first", "second", "first")] == ["first", "second", "first"]


def test_a_warm_function_keeps_what_it_imported(assembly: Assembly) -> None:
    count = "seen = []\n\ndef handler(event, context):\n    seen.append(1)\n    return len(seen)\n"
    assembly.function("Worker", count)
    world = assembly.start()
    assert [world.invoke("worker", {}), world.invoke("worker", {})] == [1, 2]


def test_invocations_that_overlap_have_an_environment_each_and_later_ones_use_them_again(assembly: Assembly) -> None:
    code = """
    import time

    seen = []

    def handler(event, context):
        seen.append(1)
        time.sleep(10)
        return len(seen)
    """
    assembly.function("Worker", code)
    world = assembly.start()

    at_once = [world.invoke("worker", {}), world.invoke("worker", {})]
    world.clock.advance(10)
    later = [world.invoke("worker", {}), world.invoke("worker", {}), world.invoke("worker", {})]

    assert (at_once, later) == ([1, 1], [2, 2, 1])


def test_the_steward_package_is_there_only_if_a_layer_brings_it(assembly: Assembly) -> None:
    code = "import steward\n\ndef handler(event, context):\n    return steward.WHO\n"
    content = assembly.asset("layer", {"python/steward/__init__.py": "WHO = 'the layer'\n"})
    assembly.add("Layer", "AWS::Lambda::LayerVersion", Content=content)
    assembly.function("With", code, Layers=[{"Ref": "Layer"}])
    assembly.function("Without", code)
    world = assembly.start()
    assert world.invoke("with", {}) == "the layer"
    with pytest.raises(FunctionError, match="No module named 'steward'"):
        world.invoke("without", {})


def test_a_third_party_package_that_no_layer_ships_fails_the_import(assembly: Assembly) -> None:
    assembly.function("Worker", "import msgspec\n\ndef handler(event, context):\n    return None\n")
    world = assembly.start()
    with pytest.raises(FunctionError, match="No module named 'msgspec'"):
        world.invoke("worker", {})


def test_a_path_below_opt_is_answered_by_the_layer_s_file(assembly: Assembly) -> None:
    read = "import os, pathlib\n\ndef handler(event, context):\n    return pathlib.Path(os.environ['F']).read_text()\n"
    content = assembly.asset("policy", {"policy/policy.json": "{}"})
    assembly.add("Layer", "AWS::Lambda::LayerVersion", Content=content)
    variables = {"Variables": {"F": "/opt/policy/policy.json"}}
    assembly.function("With", read, Layers=[{"Ref": "Layer"}], Environment=variables)
    assembly.function("Without", read, Environment=variables)
    world = assembly.start()
    assert world.invoke("with", {}) == "{}"
    with pytest.raises(FunctionError, match="FileNotFoundError"):
        world.invoke("without", {})


def test_an_error_of_a_handler_is_reported_with_its_type_and_message(assembly: Assembly) -> None:
    assembly.function("Worker", "def handler(event, context):\n    raise ValueError('no')\n")
    world = assembly.start()
    with pytest.raises(FunctionError) as raised:
        world.invoke("worker", {})
    assert (raised.value.error_type, raised.value.message) == ("ValueError", "no")
    assert any("ValueError: no" in line.text for line in world.logs)


def test_an_unknown_function_is_named_together_with_those_that_exist(assembly: Assembly) -> None:
    assembly.function("Worker")
    world = assembly.start()
    with pytest.raises(UnknownFunction, match="no function 'nobody' is deployed; there are: worker"):
        world.invoke("nobody", {})


def test_sleep_takes_virtual_time_only_while_the_invocation_lasts(assembly: Assembly) -> None:
    code = """
    import datetime, time

    def handler(event, context):
        time.sleep(7)
        return datetime.datetime.now(datetime.UTC).isoformat()
    """
    assembly.function("Worker", code)
    world = assembly.start()
    outcome = world.run("worker", {})
    assert (outcome.response, outcome.elapsed) == ("2026-01-05T09:00:07+00:00", 7)
    assert world.clock.now().isoformat() == "2026-01-05T09:00:00+00:00"


def test_requests_are_counted_by_function_and_operation(assembly: Assembly) -> None:
    _with_table(assembly)
    world = assembly.start()
    world.invoke("worker", {})
    assert world.calls["worker"] == {"invocations": 1, "dynamodb.PutItem": 2}


def test_each_request_takes_effect_once(assembly: Assembly) -> None:
    code = """
    import boto3
    import os

    def handler(event, context):
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="once")
    """
    assembly.queue("Plain")
    assembly.function("Worker", code, Environment={"Variables": {"QUEUE": {"Ref": "Plain"}}})
    world = assembly.start()
    world.invoke("worker", {})
    attributes = world.client("sqs").get_queue_attributes(
        QueueUrl=world.names.queues["Plain"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    assert attributes["Attributes"]["ApproximateNumberOfMessages"] == "1"


@pytest.mark.parametrize(("calls", "rows"), [(1, 1), (2, 2)])
def test_a_killed_function_leaves_behind_what_it_did_up_to_that_call(assembly: Assembly, calls: int, rows: int) -> None:
    _with_table(assembly)
    world = assembly.start()
    world.kill_after("worker", calls)
    with pytest.raises(FunctionError, match="signal: killed"):
        world.invoke("worker", {})
    assert _rows(world, world.names.tables["Table"]) == rows
    assert world.invoke("worker", {}) == {"written": "2"}


def test_a_finally_block_of_a_killed_function_cannot_reach_aws(assembly: Assembly) -> None:
    code = """
    import boto3
    import os

    def handler(event, context):
        table = boto3.client("dynamodb")
        try:
            table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": "1"}})
        finally:
            table.delete_item(TableName=os.environ["TABLE"], Key={"pk": {"S": "1"}})
    """
    _with_table(assembly, code)
    world = assembly.start()
    world.kill_after("worker", 1)
    with pytest.raises(FunctionError):
        world.invoke("worker", {})
    assert _rows(world, world.names.tables["Table"]) == 1


def test_a_function_may_invoke_another_now_or_later(assembly: Assembly) -> None:
    code = """
    import boto3

    def handler(event, context):
        invoke = boto3.client("lambda").invoke
        answer = invoke(FunctionName="test-other", Payload=b'{}')["Payload"].read().decode()
        invoke(FunctionName="test-other", InvocationType="Event", Payload=b'{}')
        return answer
    """
    assembly.function("Worker", code)
    assembly.function("Other", "def handler(event, context):\n    return 'heard'\n")
    world = assembly.start()
    assert world.invoke("worker", {}) == '"heard"'
    assert world.calls["other"]["invocations"] == 1
    world.settle()
    assert world.calls["other"]["invocations"] == 2


def test_adaptive_pacing_waits_in_virtual_time(assembly: Assembly) -> None:
    code = """
    import boto3, os
    from botocore.config import Config

    def handler(event, context):
        table = boto3.client("dynamodb", config=Config(retries={"mode": "adaptive", "total_max_attempts": 5}))
        for number in range(4):
            table.put_item(TableName=os.environ["TABLE"], Item={"pk": {"S": str(number)}})
    """
    _with_table(assembly, code)
    world = assembly.start()
    world.faults.add(service="dynamodb", operation="PutItem", error="ThrottlingException", times=2)
    outcome = world.run("worker", {})
    assert outcome.error is None
    assert outcome.elapsed > 1
    assert world.calls["worker"]["dynamodb.PutItem"] == 6


def test_a_queue_whose_visibility_is_shorter_than_the_function_s_time_out_is_refused(assembly: Assembly) -> None:
    assembly.worked_queue(Timeout=181)
    with pytest.raises(TemplateError, match="visibility time-out is shorter than the time-out of worker"):
        assembly.start()


def test_time_only_moves_forwards(assembly: Assembly) -> None:
    assembly.function("Worker")
    world = assembly.start()
    with pytest.raises(ValueError, match="time does not run backwards"):
        world.run_until(world.clock.now() - timedelta(seconds=1))
