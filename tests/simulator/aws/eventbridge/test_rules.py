"""Rules and their targets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from simulator.aws.eventbridge.bus import UnknownBus

if TYPE_CHECKING:
    from tests.simulator.aws.conftest import Assembly

RAISE = """
def handler(event, context):
    raise ValueError("no")
"""
EVENT: dict[str, Any] = {"source": "tests", "detail-type": "Happened", "detail": {"case": "C-1"}}


def _att(logical_id: str, attribute: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [logical_id, attribute]}


def test_an_event_that_no_pattern_matches_reaches_nobody(assembly: Assembly) -> None:
    assembly.worked_queue()
    world = assembly.start()
    world.publish("default", {**EVENT, "source": "others"})
    world.settle()
    assert world.calls["worker"]["invocations"] == 0


def test_a_disabled_rule_delivers_nothing(assembly: Assembly) -> None:
    assembly.worked_queue()
    assembly.resources["ToWork"]["Properties"]["State"] = "DISABLED"
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    assert world.calls["worker"]["invocations"] == 0


def test_a_queue_that_does_not_let_the_rule_in_gets_nothing_and_the_rule_s_dead_letters_get_the_event(
    assembly: Assembly,
) -> None:
    assembly.worked_queue()
    assembly.queue("Undelivered")
    del assembly.resources["WorkPolicy"]
    target = assembly.resources["ToWork"]["Properties"]["Targets"][0]
    target["DeadLetterConfig"] = {"Arn": _att("Undelivered")}
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    assert world.calls["worker"]["invocations"] == 0
    assert [json.loads(dead.body)["detail"] for dead in world.dead_letters()] == [EVENT["detail"]]
    assert "does not let events.amazonaws.com deliver" in world.undelivered[0].why


def test_a_function_without_permission_for_the_rule_is_not_invoked(assembly: Assembly) -> None:
    assembly.function("Worker")
    assembly.rule("Direct", {"source": ["tests"]}, "Worker")
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    assert world.calls["worker"]["invocations"] == 0
    assert len(world.undelivered) == 1


def test_a_failing_function_is_tried_three_times_and_then_its_dead_letter_queue_gets_the_event(
    assembly: Assembly,
) -> None:
    assembly.queue("Dead")
    assembly.function("Worker", RAISE, DeadLetterConfig={"TargetArn": _att("Dead")})
    assembly.permit("Worker")
    assembly.rule("Direct", {"source": ["tests"]}, "Worker")
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    assert world.calls["worker"]["invocations"] == 1
    world.run_until(world.clock.now() + timedelta(minutes=1))
    assert world.calls["worker"]["invocations"] == 2
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert world.calls["worker"]["invocations"] == 3
    assert [json.loads(dead.body)["detail"] for dead in world.dead_letters()] == [EVENT["detail"]]


def test_a_failure_destination_is_told_of_the_request_and_the_error(assembly: Assembly) -> None:
    assembly.queue("Failed")
    assembly.function("Worker", RAISE)
    assembly.permit("Worker")
    assembly.rule("Direct", {"source": ["tests"]}, "Worker")
    destination = {"OnFailure": {"Destination": _att("Failed")}}
    assembly.add(
        "Settings",
        "AWS::Lambda::EventInvokeConfig",
        FunctionName={"Ref": "Worker"},
        Qualifier="$LATEST",
        MaximumRetryAttempts=0,
        DestinationConfig=destination,
    )
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    (dead,) = world.dead_letters()
    record = json.loads(dead.body)
    assert record["requestPayload"]["detail"] == EVENT["detail"]
    assert record["responsePayload"] == {"errorMessage": "no", "errorType": "ValueError"}


def test_an_event_that_a_handler_puts_on_the_own_bus_is_routed(assembly: Assembly) -> None:
    put = """
    import boto3
    import json

    def handler(event, context):
        entry = {"EventBusName": "own", "Source": "tests", "DetailType": "Told", "Detail": json.dumps({"n": 1})}
        boto3.client("events").put_events(Entries=[entry])
    """
    assembly.add("Bus", "AWS::Events::EventBus", Name="own")
    assembly.worked_queue()
    assembly.resources["ToWork"]["Properties"]["EventBusName"] = {"Ref": "Bus"}
    assembly.function("Teller", put)
    world = assembly.start()
    world.invoke("teller", {})
    world.settle()
    assert world.calls["teller"] == {"invocations": 1, "events.PutEvents": 1}
    (line,) = world.logs
    assert json.loads(json.loads(line.text)["Records"][0]["body"])["detail"] == {"n": 1}


def test_steward_stands_for_the_one_own_bus(assembly: Assembly) -> None:
    assembly.add("Bus", "AWS::Events::EventBus", Name="local-steward")
    assembly.worked_queue()
    assembly.resources["ToWork"]["Properties"]["EventBusName"] = {"Ref": "Bus"}
    world = assembly.start()
    world.publish("steward", EVENT)
    world.settle()
    assert world.calls["worker"]["invocations"] == 1
    with pytest.raises(UnknownBus, match="there is no event bus 'nowhere'"):
        world.publish("nowhere", EVENT)


def test_a_rule_can_forward_to_another_bus(assembly: Assembly) -> None:
    assembly.add("Bus", "AWS::Events::EventBus", Name="own")
    assembly.worked_queue()
    assembly.resources["ToWork"]["Properties"]["EventBusName"] = {"Ref": "Bus"}
    assembly.rule("Forward", {"source": ["tests"]}, "Bus")
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    assert world.calls["worker"]["invocations"] == 1


def test_an_input_transformer_makes_the_message(assembly: Assembly) -> None:
    assembly.worked_queue()
    target = assembly.resources["ToWork"]["Properties"]["Targets"][0]
    target["InputTransformer"] = {
        "InputPathsMap": {"detail": "$.detail", "case": "$.detail.case", "none": "$.detail.none"},
        "InputTemplate": '{"whole":<detail>,"case":<case>,"text":"<case> of <aws.events.rule-name>","no":"<none>"}',
    }
    world = assembly.start()
    world.publish("default", EVENT)
    world.settle()
    body = json.loads(json.loads(world.logs[0].text)["Records"][0]["body"])
    assert body["whole"] == EVENT["detail"]
    assert body["case"] == "C-1"
    assert body["text"].startswith("C-1 of test-ToWork")
    assert body["no"] == ""


def test_a_topic_s_publishes_are_noted_with_their_subject(assembly: Assembly) -> None:
    publish = """
    import boto3

    def handler(event, context):
        boto3.client("sns").publish(TopicArn=event["topic"], Subject="Partial hold", Message="text")
    """
    assembly.add("Topic", "AWS::SNS::Topic", TopicName="complaints")
    assembly.function("Teller", publish)
    world = assembly.start()
    world.invoke("teller", {"topic": world.names.topics["Topic"]})
    assert [(one.topic, one.subject, one.message) for one in world.notifications] == [
        ("complaints", "Partial hold", "text")
    ]
