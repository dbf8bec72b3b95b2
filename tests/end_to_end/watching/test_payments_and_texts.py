"""What goes wrong while a payment is taken or a text is sent raises its alarm, and no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.end_to_end.payments.calls import Calls
from tests.end_to_end.watching.centre import DENIED, MOBILE, Centre
from tests.end_to_end.watching.drill import Drill

HOURS = timedelta(hours=1)


def test_a_pause_that_stays_open_raises_an_alarm(drill: Drill) -> None:
    calls = Calls(drill.world)

    def act() -> None:
        assert calls.ask("pause")["status"] == "paused"

    assert drill.raises(act, within=HOURS) == {"PaymentPauseOverdueAlarm"}


def test_a_pause_of_which_nothing_is_known_raises_an_alarm(drill: Drill) -> None:
    calls = Calls(drill.world)

    def act() -> None:
        drill.world.faults.add(service="dynamodb", operation="UpdateItem", error=DENIED, times=20)
        assert calls.ask("pause")["status"] == "not_confirmed"
        drill.world.faults.clear()

    assert drill.raises(act, within=HOURS) == {"PaymentPauseUnknownAlarm"}


def test_a_transfer_that_is_not_paused_raises_an_alarm(drill: Drill) -> None:
    calls = Calls(drill.world)

    def act() -> None:
        assert calls.ask("pause")["status"] == "paused"
        calls.transfer()
        drill.world.faults.add(service="connect", operation="SuspendContactRecording", error=DENIED, times=2)
        calls.event("INITIATED")
        calls.later(minutes=2)
        calls.ask("resume")
        calls.end()

    assert drill.raises(act) == {"PaymentPauseNotFollowedAlarm"}


def _text_with(*faults: tuple[str, str, str, bool]) -> Callable[[Centre], None]:
    def act(centre: Centre) -> None:
        for service, operation, error, after_effect in faults:
            centre.fails(service, operation, error, after_effect=after_effect)
        centre.text()

    return act


SMS = "pinpoint-sms-voice-v2"


@pytest.mark.parametrize(
    ("fault", "alarm"),
    [
        ((SMS, "SendTextMessage", "ReadTimeout", True), "OutcomeUnknownAlarm"),
        (("dynamodb", "UpdateItem", DENIED, False), "OutcomeNotWrittenAlarm"),
        (("kms", "GenerateMac", DENIED, False), "TextNotTriedAlarm"),
        ((SMS, "SendTextMessage", "ValidationException", False), "TextNotSentAlarm"),
    ],
)
def test_a_text_that_goes_wrong_raises_an_alarm(
    drill: Drill, centre: Centre, fault: tuple[str, str, str, bool], alarm: str
) -> None:
    assert centre.consent()["status"] == "recorded"

    assert drill.raises(lambda: _text_with(fault)(centre)) == {alarm}


def test_a_consent_that_cannot_be_recorded_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    def act() -> None:
        centre.fails("kms", "GenerateMac")
        assert centre.consent()["status"] == "refused"

    assert drill.raises(act) == {"ConsentNotRecordedAlarm"}


def test_a_stop_that_cannot_be_compared_with_the_consent_raises_an_alarm(drill: Drill, centre: Centre) -> None:
    settings, entries = drill.world.sms.settings, drill.world.sms.service.opt_out_lists["Default"]

    def act() -> None:
        settings.lists_bind_sender_ids = True
        drill.world.client(SMS).put_opted_out_number(OptOutListName="Default", OptedOutNumber=MOBILE)
        centre.fails(SMS, "DescribeOptedOutNumbers")
        assert centre.text()["reason"] == "opted_out"
        settings.lists_bind_sender_ids = False
        entries.clear()
        assert centre.consent() == {"status": "recorded", "reason": ""}

    assert centre.consent()["status"] == "recorded"
    assert drill.raises(act) == {"OptOutNotLookedUpAlarm"}


def test_texts_that_cost_too_much_raise_an_alarm(drill: Drill) -> None:
    settings = drill.world.sms.settings
    before = settings.price_per_part, settings.monthly_limit
    settings.price_per_part, settings.monthly_limit = 60.0, 1000.0
    [sender] = [
        one.environment["ORIGINATION_IDENTITY"] for one in drill.world.functions if one.short_name == "send_sms"
    ]

    def act() -> None:
        drill.world.client(SMS).send_text_message(
            DestinationPhoneNumber=MOBILE, OriginationIdentity=sender, MessageBody="Your link"
        )

    first, second = drill.raises(act), drill.raises(act)
    settings.price_per_part, settings.monthly_limit = before

    assert (first, second) == (set(), {"SmsSpendAlarm"})
