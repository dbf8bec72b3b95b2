"""What switches a recording off, and what only looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from flowlint.catalogue import CATCH_ALL
from flowlint.rules.examples.builders import act
from tests.support.flows.builders import Json, bye, enter_card, invoke, said

CARD = (enter_card("card", "bye", "bye"), bye())
UNSAFE = {("card", "unpaused-payment")}


def older(**behaviour: object) -> Json:
    return act("off", "UpdateContactRecordingBehavior", "card", RecordingBehavior=behaviour)


def newer(**parameters: Any) -> Json:  # noqa: ANN401 - any JSON
    errors = {CATCH_ALL: "bye", "ChannelMismatch": "bye"}
    return act("off", "UpdateContactRecordingAndAnalyticsBehavior", "card", errors, **parameters)


@pytest.mark.parametrize(
    "off",
    [
        older(RecordedParticipants=[]),
        older(RecordedParticipants=[], IVRRecordingBehavior="Disabled"),
        older(RecordedParticipants=[], ScreenRecordedParticipants=[]),
        newer(VoiceBehavior={"VoiceRecordingBehavior": {"RecordedParticipants": []}}),
    ],
)
def test_recording_nobody_is_off(off: Json) -> None:
    assert said(off, *CARD) == set()


@pytest.mark.parametrize(
    "block",
    [
        older(ScreenRecordedParticipants=[], IVRRecordingBehavior="Disabled"),
        older(RecordedParticipants=[], ScreenRecordedParticipants=["Agent"]),
        older(RecordedParticipants=[], IVRRecordingBehavior="Enabled"),
        older(RecordedParticipants=["Customer"]),
        newer(ScreenRecordingBehavior={"ScreenRecordedParticipants": []}),
        newer(ChatBehavior={"ChatAnalyticsBehavior": {"Enabled": "False"}}),
        newer(VoiceBehavior={"VoiceAnalyticsBehavior": {"Enabled": "False"}}),
        newer(
            VoiceBehavior={"VoiceRecordingBehavior": {"RecordedParticipants": []}},
            ScreenRecordingBehavior={"ScreenRecordedParticipants": ["Agent"]},
        ),
    ],
)
def test_what_leaves_somebody_recorded_or_says_nothing_of_it_is_not_off(block: Json) -> None:
    assert said(block, *CARD) >= UNSAFE


def test_a_function_that_starts_a_recording_undoes_that_it_was_off() -> None:
    off = act("off", "UpdateContactRecordingBehavior", "start", RecordingBehavior={"RecordedParticipants": []})
    assert said(off, invoke("start", "card", "card", operation="start"), *CARD) == UNSAFE
    assert said(off, invoke("start", "card", "card", operation="resume"), *CARD) == set()
