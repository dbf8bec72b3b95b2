"""Payments through what is deployed: rule, queue, functions, register, topic and alarms' metrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.aws.account.account import EmbeddedAws
from steward.payments.asking import PATIENCE
from steward.payments.control import LONGEST_RUN
from tests.end_to_end.payments.calls import Calls


def test_a_payment_is_silent_in_every_recording_and_registered(calls: Calls) -> None:
    paused = calls.ask("pause")
    calls.later(minutes=2)
    assert calls.states() == {"AGENT": "suspended", "SCREEN": "suspended"}
    resumed = calls.ask("resume")

    assert paused["status"] == "paused"
    assert resumed == {"status": "recording", "reason": "confirmed", "reference": paused["reference"]}
    assert calls.states() == {"AGENT": "recording", "SCREEN": "recording"}
    [line] = calls.payments()
    assert line.paused_at is not None
    assert line.resumed_at is not None
    assert (line.resumed_at - line.paused_at).total_seconds() == 120
    assert line.status == "recording"


def test_a_pause_of_three_types_is_six_calls(world: EmbeddedAws) -> None:
    calls = Calls(world, "AGENT", "IVR", "SCREEN")

    assert calls.ask("pause")["status"] == "paused"
    assert sum(calls.made("control_recording").values()) - calls.made("control_recording")["invocations"] == 6
    calls.ask("resume")


def test_a_pause_of_a_caller_alone_with_the_menu_is_six_calls_too(world: EmbeddedAws) -> None:
    calls = Calls(world, "IVR")

    assert calls.ask("pause")["status"] == "paused"
    assert sum(calls.made("control_recording").values()) - calls.made("control_recording")["invocations"] == 6
    calls.ask("resume")


def test_an_ordinary_transfer_and_hang_up_invoke_nothing(calls: Calls) -> None:
    calls.transfer()
    calls.event("INITIATED")
    calls.end()
    calls.event("DISCONNECTED")
    calls.later(minutes=1)

    assert calls.made("guard_payments") == {}


def test_events_of_a_call_after_its_payment_invoke_nothing(calls: Calls) -> None:
    calls.ask("pause")
    calls.ask("resume")
    calls.end()
    calls.event("DISCONNECTED")

    assert calls.made("guard_payments") == {}


def test_a_transfer_during_a_payment_is_suspended(calls: Calls) -> None:
    calls.ask("pause")
    calls.later(seconds=20)
    calls.transfer()
    calls.end(calls.ids[0])
    calls.event("DISCONNECTED", calls.ids[0])
    calls.event("INITIATED")
    calls.later(seconds=1)

    assert calls.states() == {"AGENT": "suspended"}
    assert [line.status for line in calls.payments()] == ["ended", "paused"]
    assert calls.ask("status")["status"] == "paused"
    assert calls.ask("resume")["status"] == "recording"


def test_a_hang_up_during_a_payment_closes_the_interval(calls: Calls) -> None:
    calls.ask("pause")
    calls.later(minutes=1)
    calls.end()
    calls.event("DISCONNECTED")
    calls.later(seconds=1)

    assert [line.status for line in calls.payments()] == ["ended"]
    assert calls.ask("resume")["status"] == "not_confirmed"


def test_supervisors_are_told_when_a_pause_is_open_for_too_long(calls: Calls) -> None:
    calls.ask("pause")
    calls.later(minutes=9, seconds=59)
    assert calls.notices() == []
    calls.later(seconds=2)

    assert calls.notices() == ["A payment pause is open for too long"]
    assert calls.states()["AGENT"] == "suspended"


def test_a_hang_up_without_an_event_is_found_by_the_daily_sweep(calls: Calls) -> None:
    calls.ask("pause")
    calls.later(minutes=11)
    calls.end()
    calls.later(hours=24)

    assert [line.status for line in calls.payments()] == ["ended"]


@pytest.mark.parametrize(
    ("operation", "error", "after_effect"),
    [
        ("connect.SuspendContactRecording", "AccessDeniedException", False),
        ("connect.SuspendContactRecording", "InternalServiceException", False),
        ("connect.SuspendContactRecording", "ReadTimeout", False),
        ("connect.SuspendContactRecording", "ReadTimeout", True),
        ("connect.TagContact", "AccessDeniedException", False),
        ("dynamodb.UpdateItem", "InternalServerError", False),
        ("dynamodb.UpdateItem", "ReadTimeout", True),
        ("sqs.SendMessage", "ServiceUnavailable", False),
    ],
)
def test_no_failure_is_taken_for_a_pause(calls: Calls, operation: str, error: str, after_effect: bool) -> None:  # noqa: FBT001
    service, name = operation.split(".")
    calls.world.faults.add(service=service, operation=name, error=error, after_effect=after_effect)

    assert calls.ask("pause")["status"] == "not_confirmed"


def test_a_pause_answers_within_three_seconds_when_connect_hangs(calls: Calls) -> None:
    calls.world.faults.add(service="connect", operation="SuspendContactRecording", error="ReadTimeout", times=9)
    event = {
        "Details": {
            "ContactData": {"ContactId": calls.ids[0], "Channel": "VOICE"},
            "Parameters": {"operation": "pause"},
        }
    }

    outcome = calls.world.run("control_recording", event)

    assert outcome.response["status"] == "not_confirmed"
    assert outcome.elapsed <= 3


@pytest.mark.parametrize("cut", range(1, 7))
def test_a_function_that_dies_leaves_nobody_told_paused_while_recording(calls: Calls, cut: int) -> None:
    calls.world.kill_after("control_recording", cut)
    with pytest.raises(Exception, match="killed"):
        calls.ask("pause")

    status = calls.ask("status")["status"]
    assert status == "not_confirmed" or "recording" not in calls.states().values()


def test_the_guides_own_contact_is_never_taken_for_the_call(calls: Calls) -> None:
    guide = "c3b7b7a0-52b8-4f0e-8b0a-6a3d1f2e4c5d"

    wrong = calls.ask("pause", contact_id=guide)
    right = calls.ask("pause", contact_id=guide, Channel="CHAT", RelatedContactId=calls.ids[0])

    assert wrong["status"] == "not_confirmed"
    assert right["status"] == "paused"


def test_a_request_that_cannot_be_understood_is_answered_and_not_confirmed(world: EmbeddedAws) -> None:
    assert world.invoke("control_recording", {}) == {
        "status": "not_confirmed",
        "reason": "bad_request",
        "reference": "",
    }


def test_poison_ends_in_the_dead_letter_queue(calls: Calls) -> None:
    detail = {"eventType": "INITIATED", "tags": {"steward_payment": "paused"}}
    before = len(calls.world.dead_letters())
    calls.world.publish(
        "default", {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail}
    )
    calls.later(hours=3)

    assert len(calls.world.dead_letters()) == before + 1


def test_the_function_ends_before_a_pause_trusts_that_it_has_ended(assembly: Path) -> None:
    timeouts = [
        resource["Properties"]["Timeout"]
        for template in assembly.glob("*.template.json")
        for resource in json.loads(template.read_text())["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
        and str(resource["Properties"]["FunctionName"]).endswith("control_recording")
    ]

    assert len(timeouts) == 1
    assert PATIENCE.total_seconds() < timeouts[0] < LONGEST_RUN.total_seconds()


def test_no_log_line_holds_a_number(world: EmbeddedAws) -> None:
    Calls(world).ask("pause")

    written = json.dumps([line.text if hasattr(line, "text") else str(line) for line in world.logs])
    assert "recording control" in written
    assert "7400900264" not in written
