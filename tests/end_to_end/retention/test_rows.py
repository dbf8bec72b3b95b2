"""Rows of a table expire to the second for whoever reads them, long before DynamoDB removes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.begun import asleep

LONDON = ZoneInfo("Europe/London")
POWYS = Path("policies/powys.toml")
INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"


def asked(contact: str, **parameters: str) -> dict[str, Any]:
    """What a contact flow sends to a function about a call from a mobile."""
    data = {
        "ContactId": contact,
        "InitialContactId": contact,
        "Channel": "VOICE",
        "InstanceARN": INSTANCE,
        "CustomerEndpoint": {"Address": "+447400123456", "Type": "TELEPHONE_NUMBER"},
        "Attributes": {},
    }
    return {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": parameters}}


def text(world: EmbeddedAws, contact: str) -> tuple[str, str]:
    """Return the status, and the message's id: a repeat is answered with that of the text that went."""
    answer = world.invoke("send_sms", asked(contact, template="online_services", purpose="signposting"))
    return answer["status"], answer["message_id"] or answer["reason"]


@pytest.mark.prove
def test_a_consent_and_a_message_are_forgotten_at_the_end_of_their_periods() -> None:
    begins = datetime(2027, 6, 30, 23, 45, tzinfo=LONDON)
    second = timedelta(seconds=1)
    log_ends = datetime(2028, 6, 30, tzinfo=LONDON)
    consent_ends = datetime(2029, 6, 30, tzinfo=LONDON)
    with quiet_world(cached_synthesis(POWYS), begins) as world, asleep(world):
        consent = asked("c-1", purpose="signposting", wording_version="signposting-2026-11", decision="given")
        assert world.invoke("record_consent", consent)["status"] == "recorded"
        status, first = text(world, "c-1")
        assert status == "sent"
        world.run_until(log_ends - second)
        assert text(world, "c-1") == ("sent", first)
        world.run_until(log_ends)
        status, second_text = text(world, "c-1")
        assert status == "sent"
        assert second_text != first
        world.run_until(consent_ends - second)
        assert text(world, "c-2")[0] == "sent"
        world.run_until(consent_ends)
        assert text(world, "c-3") == ("refused", "no_consent")
