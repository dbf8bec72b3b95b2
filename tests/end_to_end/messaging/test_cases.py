"""Texts that came out wrong in November 2026, as they were reported, and what is right.

What is always tested of their kinds is in ``test_what_is_said.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.stories import Line

pytestmark = pytest.mark.prove

Play = Callable[..., State]

CASES = Path(__file__).parent / "cases"
POWYS = Path("policies/powys.toml")


def lines(name: str) -> list[Line]:
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def said(state: State) -> list[tuple[str, str, str]]:
    """What each function answered, in order: its name, the status and the reason."""
    return [
        (one.function, one.response["status"], one.response["reason"])
        for one in state.responses
        if isinstance(one.response, dict)
    ]


def test_hidden_links(play: Play) -> None:
    story = lines("hidden-links")
    state = play(story)
    assert [name for name, _, _ in said(state)] == ["record_consent", "send_sms"] * 5
    values = [
        line["invoke"]["payload"]["Details"]["Parameters"]["reference"]
        for line in story
        if line["invoke"]["function"] == "send_sms"
    ]
    for message in state.messages:
        assert not any(value in message.body for value in values)
        assert not any(part in message.body for part in ("evil", "example", "8359-2000", "0208359", "192.0.2.7"))
    assert {reason for name, _, reason in said(state) if name == "send_sms"} <= {
        "",
        "missing_value",
        "value_not_allowed",
    }


def test_letters_in_number(play: Play) -> None:
    state = play(lines("letters-in-number"))
    refused = [(status, reason) for _, status, reason in said(state)]
    assert refused[:6] == [("refused", "number_invalid")] * 6
    # The last is a whole number in the form of SIP, which is readable; nobody played it back to the caller.
    assert refused[6:] == [("refused", "number_not_confirmed")] * 2
    assert (state.messages, state.consents) == ([], [])


def test_long_link(play: Play) -> None:
    state = play(lines("long-link"))
    assert said(state) == [("record_consent", "recorded", ""), ("send_sms", "refused", "value_too_long")]
    assert state.messages == []


def test_second_text_within_8s(play: Play) -> None:
    """`sent` is said of no other text than the one that went."""
    story = lines("second-text-within-8s")
    state = play(story)
    # As reported the links have no scheme, and nobody played the second number back: nothing goes.
    assert [(name, status) for name, status, _ in said(state)[2:]] == [("send_sms", "refused")] * 3
    assert state.messages == []
    for line in story:
        given = line["invoke"]["payload"]["Details"]["Parameters"]
        if "link" in given:
            given |= {"link": f"https://www.{given['link']}", "number_confirmed": "played_back"}
    state = play(story)
    assert said(state)[2:] == [
        ("send_sms", "sent", ""),
        ("send_sms", "refused", "already_sent"),
        ("send_sms", "refused", "already_sent"),
    ]
    assert [message.to for message in state.messages] == ["+447400123456"]


def test_older_invalid_after_delivered(play: Play) -> None:
    story = lines("older-invalid-after-delivered")
    first, *_ = play(story[:2], policy=POWYS).messages
    # The service gives each text an id of its own, so the event is about the one that went in this replay.
    [event] = [line["event"] for line in story if "event" in line]
    event["detail"]["messageId"] = first.message_id
    state = play(story, policy=POWYS)
    assert said(state)[-1] == ("send_sms", "sent", "")
    assert [message.status for message in state.messages] == ["delivered", "delivered"]


def test_powys_default_language(play: Play) -> None:
    state = play(lines("powys-default-language"), policy=POWYS)
    assert [status for name, status, _ in said(state) if name == "send_sms"] == ["sent"] * 3
    assert [message.body.startswith("Powys Council") for message in state.messages] == [True] * 3
