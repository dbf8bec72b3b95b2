"""Telephone calls that show the promises kept, told line by line for the demonstration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.calls.switchboard import Conversation, Switchboard

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.flow_runner import Entry

CARD = ("4929420573595709", "1127", "123")
"""An invented card; nothing of it may be found anywhere afterwards."""

PAY, NOT_NOW = "1", "2"
AGREE, DECLINE = "1", "2"
THIRD_MOBILE = "07400222333"
MOBILE, OTHER_MOBILE, LANDLINE, FRENCH_MOBILE = "+447400123456", "+447400654321", "+442083592000", "+33612345678"


@dataclass(frozen=True)
class Told:
    """One line of a story. Times are aware UTC."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Story:
    """One call: what happened, and what had to be true of it."""

    title: str
    lines: tuple[Told, ...]
    claims: tuple[tuple[str, bool], ...]
    """Each claim in words, and whether it holds."""


def stories(world: EmbeddedAws, switchboard: Switchboard) -> Iterator[Story]:
    """Make the calls, one after another, and tell each. The deployed policy must offer payments and texts."""
    for tell in (_payment, _refused_payment, _agent_payment, _text, _declined_text):
        yield tell(world, switchboard)
    yield from _refused_texts(world, switchboard)


def _payment(world: EmbeddedAws, switchboard: Switchboard) -> Story:
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    entries = [entry for entry in talk.run.entries if entry.encrypted]
    return _story(
        "A caller pays by keypad, and the recording is silent meanwhile",
        talk,
        (
            ("three entries were keyed in, encrypted", len(entries) == len(CARD)),
            ("each of them while Connect recorded silence", all(silent(world, talk, entry) for entry in entries)),
            (
                "the flow's log was off meanwhile",
                not any(entry.logged for entry in entries),
            ),
            ("the payment was taken", talk.call.attributes.get("payment_outcome") == "taken"),
            ("the recording went on afterwards", _resumed(world, talk)),
        ),
    )


def _refused_payment(world: EmbeddedAws, switchboard: Switchboard) -> Story:
    world.faults.add(
        service="connect", operation="SuspendContactRecording", error="InternalServiceException", times=1000
    )
    talk = switchboard.inbound(PAY, *CARD, DECLINE)
    world.faults.clear()
    return _story(
        "Connect does not confirm the pause: the payment is refused",
        talk,
        (
            ("no card was asked for", not any("card number" in sentence for sentence in talk.run.spoken)),
            ("nothing was keyed in that had to be encrypted", not any(entry.encrypted for entry in talk.run.entries)),
            ("the caller was told why", any("could not pause" in sentence for sentence in talk.run.spoken)),
            ("the caller still reached the queue", talk.run.ended_by == "queued"),
        ),
    )


def _agent_payment(world: EmbeddedAws, switchboard: Switchboard) -> Story:
    talk = switchboard.inbound(NOT_NOW, DECLINE)
    switchboard.answer(talk.call)
    switchboard.wait(60)
    guide = switchboard.guide(talk.call, "Start payment", "Payment finished")
    switchboard.wait(30)
    states = [state for kind, state in _intervals(world, talk) if kind == "AGENT"]
    return _story(
        "An agent takes a payment with the guide",
        guide,
        (
            ("the agent was told that the recording is paused", "is paused" in guide.run.shown[1]),
            ("the call was recorded, silent, and recorded again", states == ["recording", "suspended", "recording"]),
        ),
    )


def _text(world: EmbeddedAws, switchboard: Switchboard) -> Story:
    talk = switchboard.inbound(NOT_NOW, AGREE)
    sent = [message for message in world.sms.messages() if message["contact_id"] == talk.call.contact_id]
    return _story(
        "A caller asks for a text, and gets one",
        talk,
        (
            ("one text was sent to the caller", [message["to"] for message in sent] == [MOBILE]),
            ("the caller was told so", "We have sent you a text message" in talk.run.spoken[-1]),
        ),
    )


def _declined_text(world: EmbeddedAws, switchboard: Switchboard) -> Story:
    talk = switchboard.inbound(NOT_NOW, DECLINE, caller=OTHER_MOBILE)
    return _story(
        "A caller does not want a text, and gets none",
        talk,
        (("nothing was sent", not any(message["to"] == OTHER_MOBILE for message in world.sms.messages())),),
    )


def _refused_texts(world: EmbeddedAws, switchboard: Switchboard) -> Iterator[Story]:
    cases = (
        ("A caller who withholds the number cannot be texted", "", "number_withheld"),
        ("A landline cannot be texted", LANDLINE, "not_a_mobile"),
        ("The policy allows texts to numbers of its country only", FRENCH_MOBILE, "country_not_allowed"),
    )
    for title, caller, reason in cases:
        before = len(world.sms.messages())
        talk = switchboard.inbound(NOT_NOW, AGREE, caller=caller)
        yield _story(title, talk, _not_sent(world, talk, before, reason, "number you are calling from"))
    before = len(world.sms.messages())
    keyed = switchboard.inbound(NOT_NOW, AGREE, THIRD_MOBILE, AGREE, caller=LANDLINE)
    yield _story(
        "A caller from a landline keys in a mobile, hears it read back, and is texted there",
        keyed,
        (
            ("the number was read back", any(THIRD_MOBILE in said for said in keyed.run.spoken)),
            ("one text went there", [one["to"][-9:] for one in world.sms.messages()[before:]] == [THIRD_MOBILE[-9:]]),
        ),
    )
    first = switchboard.inbound(NOT_NOW, AGREE, caller=OTHER_MOBILE)
    before = len(world.sms.messages())
    again = switchboard.go_on("sms-consent", first.call, [AGREE])
    yield _story(
        "The same text is sent once, and whoever asks again hears that it was sent",
        again,
        (
            ("nothing more was sent", len(world.sms.messages()) == before),
            ("the caller was told", "We have sent you a text message" in again.run.spoken[-1]),
        ),
    )


def _not_sent(
    world: EmbeddedAws, talk: Conversation, before: int, reason: str, heard: str
) -> tuple[tuple[str, bool], ...]:
    return (
        ("nothing was sent", len(world.sms.messages()) == before),
        (f"the reason is {reason}", any(step.answer.get("reason") == reason for step in talk.run.steps)),
        ("the caller was told why", heard in talk.run.spoken[-1]),
    )


def _story(title: str, talk: Conversation, claims: tuple[tuple[str, bool], ...]) -> Story:
    return Story(title, tuple(_lines(talk)), claims)


def _lines(talk: Conversation) -> Iterator[Told]:
    """Tell what the people on the line notice, in order."""
    heard, seen = iter(talk.run.spoken), iter(talk.run.shown)
    notice: dict[str, Callable[[], str]] = {
        "MessageParticipant": lambda: f"hears: {next(heard)}",
        "GetParticipantInput": lambda: f"is asked: {next(heard)}",
        "ShowView": lambda: f"agent reads: {next(seen)}",
    }
    for step in talk.run.steps:
        if step.type in notice:
            yield Told(step.at, notice[step.type]())
        elif step.type == "InvokeLambdaFunction":
            answered = " ".join(step.answer.get(name, "") for name in ("status", "reason")).strip()
            yield Told(step.at, f"{step.action}: the function answers {answered or step.left_by}")


def _intervals(world: EmbeddedAws, talk: Conversation) -> list[tuple[str, str]]:
    return [
        (row["type"], interval["state"])
        for row in world.connect.recordings_state()
        if row["contact_id"] == talk.call.contact_id
        for interval in row["intervals"]
    ]


def silent(world: EmbeddedAws, talk: Conversation, entry: Entry) -> bool:
    """Say whether something was recorded, and all of it suspended, while that was keyed in."""
    states = {
        interval["state"]
        for row in world.connect.recordings_state()
        if row["contact_id"] == talk.call.contact_id
        for interval in row["intervals"]
        if datetime.fromisoformat(interval["from"]) < entry.ended
        and (interval["to"] is None or datetime.fromisoformat(interval["to"]) > entry.begun)
    }
    return states == {"suspended"}


def _resumed(world: EmbeddedAws, talk: Conversation) -> bool:
    return _intervals(world, talk)[-1][1] == "recording"
