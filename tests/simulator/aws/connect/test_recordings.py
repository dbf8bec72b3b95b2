from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from simulator.aws.connect.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_connect import ConnectClient

    from simulator.aws.connect import ConnectInstance
    from tests.simulator.aws.connect.support import Clock

    Connect = Callable[..., dict[str, Any]]

CALL = {"ContactId": "call-1", "InitialContactId": "call-1"}


@pytest.fixture
def world(make_world: Callable[..., ConnectInstance]) -> ConnectInstance:
    world = make_world()
    world.contact({"Id": "call-1", "Channel": "VOICE", "InitiationTimestamp": "2026-01-15T10:00:00Z"})
    return world


def states(world: ConnectInstance, contact_id: str = "call-1") -> dict[str, list[str]]:
    return {
        recording["type"]: [interval["state"] for interval in recording["intervals"]]
        for recording in world.recordings_state()
        if recording["contact_id"] == contact_id
    }


def refuse(connect: Connect, operation: str, expected: str = "InvalidRequestException", **parameters: object) -> None:
    with pytest.raises(ClientError) as refused:
        connect(operation, **{**CALL, **parameters})
    assert refused.value.response["Error"]["Code"] == expected


def test_suspended_time_is_an_interval_of_its_own(connect: Connect, world: ConnectInstance, clock: Clock) -> None:
    world.recording("call-1", ["AGENT"], "on")
    clock.pass_by(seconds=60)
    connect("suspend_contact_recording", **CALL, ContactRecordingType="AGENT")
    clock.pass_by(seconds=30)
    connect("resume_contact_recording", **CALL, ContactRecordingType="AGENT")
    clock.pass_by(seconds=10)
    world.recording("call-1", ["AGENT"], "off")
    assert world.recordings_state() == [
        {
            "contact_id": "call-1",
            "type": "AGENT",
            "intervals": [
                {"from": "2026-01-15T10:00:00+00:00", "to": "2026-01-15T10:01:00+00:00", "state": "recording"},
                {"from": "2026-01-15T10:01:00+00:00", "to": "2026-01-15T10:01:30+00:00", "state": "suspended"},
                {"from": "2026-01-15T10:01:30+00:00", "to": "2026-01-15T10:01:40+00:00", "state": "recording"},
            ],
        }
    ]


def test_suspending_without_a_type_suspends_everything_that_records(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.recording("call-1", ["AGENT", "SCREEN"], "on")
    clock.pass_by(seconds=1)
    connect("suspend_contact_recording", **CALL)
    assert states(world) == {"AGENT": ["recording", "suspended"], "SCREEN": ["recording", "suspended"]}


def test_each_type_is_suspended_by_itself(connect: Connect, world: ConnectInstance, clock: Clock) -> None:
    world.recording("call-1", ["AGENT", "SCREEN"], "on")
    clock.pass_by(seconds=1)
    connect("suspend_contact_recording", **CALL, ContactRecordingType="SCREEN")
    assert states(world) == {"AGENT": ["recording"], "SCREEN": ["recording", "suspended"]}


def test_what_does_not_record_cannot_be_suspended(connect: Connect, world: ConnectInstance) -> None:
    refuse(connect, "suspend_contact_recording")
    world.recording("call-1", ["AGENT"], "on")
    refuse(connect, "suspend_contact_recording", ContactRecordingType="IVR")


def test_what_is_not_suspended_cannot_be_resumed(connect: Connect, world: ConnectInstance) -> None:
    world.recording("call-1", ["AGENT"], "on")
    refuse(connect, "resume_contact_recording", ContactRecordingType="AGENT")
    refuse(connect, "resume_contact_recording")


def test_suspending_twice_is_an_error(connect: Connect, world: ConnectInstance) -> None:
    world.recording("call-1", ["AGENT"], "on")
    connect("suspend_contact_recording", **CALL)
    refuse(connect, "suspend_contact_recording")
    refuse(connect, "suspend_contact_recording", ContactRecordingType="AGENT")


def test_a_forgiving_instance_lets_suspending_twice_succeed(
    client: ConnectClient, make_world: Callable[..., ConnectInstance], clock: Clock
) -> None:
    world = make_world(forgiving=True)
    world.contact({"Id": "call-1"})
    world.recording("call-1", ["AGENT"], "on")
    clock.pass_by(seconds=1)
    for _ in range(2):
        client.suspend_contact_recording(InstanceId=world.instance_id, ContactId="call-1", InitialContactId="call-1")
    assert states(world) == {"AGENT": ["recording", "suspended"]}


def test_a_recording_that_was_stopped_is_never_started_again(connect: Connect, world: ConnectInstance) -> None:
    track: dict[str, Any] = {"VoiceRecordingConfiguration": {"VoiceRecordingTrack": "ALL"}}
    connect("start_contact_recording", **CALL, **track)
    refuse(connect, "start_contact_recording", **track)
    connect("stop_contact_recording", **CALL)
    refuse(connect, "start_contact_recording", **track)
    refuse(connect, "stop_contact_recording")
    connect("start_contact_recording", **CALL, VoiceRecordingConfiguration={"IvrRecordingTrack": "ALL"})
    assert states(world)["IVR"] == ["recording"]


@pytest.mark.parametrize("tracks", [{}, {"VoiceRecordingTrack": "ALL", "IvrRecordingTrack": "ALL"}])
def test_starting_needs_exactly_one_track(connect: Connect, tracks: dict[str, str]) -> None:
    refuse(connect, "start_contact_recording", "InvalidParameterException", VoiceRecordingConfiguration=tracks)


def test_a_screen_recording_cannot_be_stopped(connect: Connect, world: ConnectInstance) -> None:
    world.recording("call-1", ["SCREEN"], "on")
    refuse(connect, "stop_contact_recording", ContactRecordingType="SCREEN")


def test_stopping_leaves_the_screen_recording_on(connect: Connect, world: ConnectInstance) -> None:
    world.recording("call-1", ["AGENT", "SCREEN"], "on")
    connect("stop_contact_recording", **CALL)
    refuse(connect, "stop_contact_recording")
    connect("suspend_contact_recording", **CALL, ContactRecordingType="SCREEN")


def test_no_interval_ends_before_it_began_when_time_jumps_back(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.recording("call-1", ["AGENT"], "on")
    clock.pass_by(seconds=10)
    connect("suspend_contact_recording", **CALL)
    clock.pass_by(seconds=-5)
    connect("resume_contact_recording", **CALL)
    clock.pass_by(seconds=15)
    world.recording("call-1", ["AGENT"], "off")
    (recording,) = world.recordings_state()
    assert recording["intervals"] == [
        {"from": "2026-01-15T10:00:00+00:00", "to": "2026-01-15T10:00:20+00:00", "state": "recording"}
    ]


def test_a_contact_that_ended_is_refused_and_its_recordings_end_with_it(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.recording("call-1", ["AGENT"], "on")
    clock.pass_by(seconds=20)
    connect("suspend_contact_recording", **CALL)
    clock.pass_by(seconds=20)
    world.contact({"Id": "call-1", "DisconnectTimestamp": clock.now().isoformat()})
    clock.pass_by(seconds=1)
    for operation in ("suspend_contact_recording", "resume_contact_recording", "stop_contact_recording"):
        refuse(connect, operation)
    (recording,) = world.recordings_state()
    assert [interval["to"] for interval in recording["intervals"]] == [
        "2026-01-15T10:00:20+00:00",
        "2026-01-15T10:00:40+00:00",
    ]


def test_a_transferred_call_records_again_until_its_own_contact_is_suspended(
    connect: Connect, world: ConnectInstance, clock: Clock
) -> None:
    world.recording("call-1", ["AGENT"], "on")
    clock.pass_by(seconds=1)
    connect("suspend_contact_recording", **CALL)
    world.contact({"Id": "call-2", "InitialContactId": "call-1", "PreviousContactId": "call-1"})
    world.recording("call-2", ["AGENT"], "on")
    clock.pass_by(seconds=1)
    assert states(world, "call-2") == {"AGENT": ["recording"]}
    connect("suspend_contact_recording", ContactId="call-2", InitialContactId="call-1")
    assert states(world, "call-2") == {"AGENT": ["recording", "suspended"]}


def test_a_contact_of_another_chain_or_none_is_not_found(connect: Connect, world: ConnectInstance) -> None:
    world.contact({"Id": "guide", "RelatedContactId": "call-1"})
    world.recording("call-1", ["AGENT"], "on")
    refuse(connect, "suspend_contact_recording", "ResourceNotFoundException", InitialContactId="guide")
    refuse(connect, "suspend_contact_recording", "ResourceNotFoundException", ContactId="nobody")
    refuse(connect, "suspend_contact_recording", ContactId="guide", InitialContactId="guide")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody", ["AGENT"], "on"), "the contact nobody does not exist"),
        (("call-1", ["VOICE"], "on"), "the type VOICE is not one of AGENT, IVR, SCREEN"),
        (("call-1", ["AGENT"], "paused"), "the state paused is neither on nor off"),
    ],
)
def test_a_wrong_line_of_a_scenario_is_named(
    world: ConnectInstance, arguments: tuple[str, list[str], str], sentence: str
) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        world.recording(*arguments)


def test_what_lasted_no_time_is_no_interval(connect: Connect, world: ConnectInstance, clock: Clock) -> None:
    world.recording("call-1", ["AGENT"], "on")
    connect("suspend_contact_recording", **CALL)
    clock.pass_by(seconds=5)
    connect("resume_contact_recording", **CALL)
    connect("suspend_contact_recording", **CALL)
    clock.pass_by(seconds=5)
    assert states(world) == {"AGENT": ["suspended"]}


def test_switching_off_what_never_recorded_leaves_nothing_to_see(world: ConnectInstance) -> None:
    world.recording("call-1", ["SCREEN"], "off")
    assert world.recordings_state() == []
