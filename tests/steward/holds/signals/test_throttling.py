"""A stranger's flags are held up to the limit of their source; the rest is set aside, told once, and stops no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from steward.holds.signals.throttling import Flood
from tests.support.dispatch_fixture import DispatchFixture, complaints, event

LIMIT = 3


@pytest.fixture
def office(hold_queue: DispatchFixture) -> DispatchFixture:
    hold_queue.limit = LIMIT
    return hold_queue


def _flag(contact: str, channel: str = "CHAT", reference: str = "C-1") -> dict[str, Any]:
    return {"steward": "flag", "contact_id": contact, "channel": channel, "reference": reference}


def _tagged(contact: str, channel: str = "CHAT") -> dict[str, Any]:
    detail = {"contactId": contact, "channel": channel, "tags": {"complaint_reference": "C-1"}}
    return event("aws.connect", "Amazon Connect Contact Event", detail)


def _flood(office: DispatchFixture, flag: Any) -> Flood:  # noqa: ANN401 - a message
    for number in range(LIMIT):
        office.handle(flag(f"w{number}"))
    with pytest.raises(Flood) as refused:
        office.handle(flag("w99"))
    return refused.value


@pytest.mark.parametrize("flag", [_flag, _tagged])
def test_more_than_the_limit_of_an_hour_is_set_aside_and_held_the_next(office: DispatchFixture, flag: Any) -> None:  # noqa: ANN401
    _flood(office, flag)
    assert len(office.placing.acts) == LIMIT
    office.world.sleep(timedelta(hours=1).total_seconds())
    assert len(office.handle(flag("w99"))) == LIMIT + 1


def test_flags_of_one_hour_count_together_whatever_the_fraction_of_their_second(office: DispatchFixture) -> None:
    for number in range(LIMIT):
        office.handle(_flag(f"w{number}"))
        office.world.sleep(0.25)
    with pytest.raises(Flood):
        office.handle(_flag("w99"))


def test_the_refusal_names_a_part_of_the_runbook_that_there_is(office: DispatchFixture) -> None:
    heading = _flood(office, _flag).problem.partition("docs/runbook.md, “")[2].partition("”")[0]
    assert f"### {heading}" in Path("docs/runbook.md").read_text(encoding="utf-8").splitlines()


def test_a_contact_counts_once_however_often_its_record_comes(office: DispatchFixture) -> None:
    _flood(office, _flag)
    assert len(office.handle(_flag("w0"))) == LIMIT + 1


def test_a_flood_of_chats_stands_in_the_way_of_no_call_no_tag_no_form_and_no_event(office: DispatchFixture) -> None:
    _flood(office, _flag)
    office.handle(_flag("call", channel="VOICE"))
    office.handle(_tagged("chat"))
    office.handle(complaints("Complaint Logged", case="C-2", contact_ids=["w99"], reason="complaint", requested_by="x"))
    assert len(office.placing.acts) == LIMIT + 3


def test_what_cannot_be_read_counts_too_so_that_nobody_is_told_of_each(office: DispatchFixture) -> None:
    def unreadable(contact: str) -> dict[str, Any]:
        return _flag(contact, reference="C-1" if contact != "w99" else "somebody@example.org")

    refused = _flood(office, unreadable)
    assert refused.told_as


def test_every_refusal_of_a_day_is_one_message_that_names_no_contact(office: DispatchFixture) -> None:
    first = _flood(office, _flag)
    with pytest.raises(Flood) as second:
        office.handle(_flag("w98"))
    said = second.value
    assert (first.told_as, first.problem, first.field) == (said.told_as, said.problem, said.field)
    assert first.about == "chats flagged by contact attributes"
    assert "w9" not in str(first)


def test_a_way_that_is_switched_off_is_not_counted(office: DispatchFixture) -> None:
    holds = office.placing.policy.holds
    signals = structs.replace(holds.signals, contact_attributes=False, contact_tags=False)
    object.__setattr__(
        office.placing, "policy", structs.replace(office.placing.policy, holds=structs.replace(holds, signals=signals))
    )
    for number in range(LIMIT + 2):
        office.handle(_flag(f"w{number}"))
        office.handle(_tagged(f"t{number}"))
    assert office.hours.counted == {}


@pytest.mark.parametrize("channel", ["", "FAX", "chat;drop"])
def test_an_unknown_channel_is_one_source(office: DispatchFixture, channel: str) -> None:
    office.handle(_flag("w1", channel=channel))
    [(source, _)] = office.hours.counted
    assert source == "contact_attributes/other"
