"""What a person is told about a text is true: stories of values, numbers, languages, replies and late events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun
from tests.end_to_end.messaging.test_texts import MOBILE, SMS, START, WORDING, answers, ask, at, consent, send
from tests.end_to_end.stories import Line, moment, wait

Play = Callable[..., State]

POWYS = Path("policies/powys.toml")
LANDLINE = "+442083590001"
LONG_LINK = "https://www.barnet.gov.uk/council-tax-and-benefits/council-tax/pay-your-council-tax"


def test_a_long_link_is_refused_and_never_cut(play: Play) -> None:
    linked = {"template": "service_link", "service": "Council Tax"}
    state = play(
        [
            consent(0),
            send(1, "long", **linked, link=LONG_LINK),
            send(2, "elsewhere", **linked, link="https://evil.example/ctax"),
            send(3, "no scheme", **linked, link="barnet.gov.uk/ctax"),
            send(4, "listed", **linked, link="https://www.barnet.gov.uk/ctax"),
        ]
    )
    assert answers(state) == {
        "consent-0": ("recorded", ""),
        "long": ("refused", "value_too_long"),
        "elsewhere": ("refused", "link_not_allowed"),
        "no scheme": ("refused", "link_not_allowed"),
        "listed": ("sent", ""),
    }
    [message] = state.messages
    assert "See https://www.barnet.gov.uk/ctax." in message.body


def test_hidden_links_addresses_and_numbers_do_not_go_out(play: Play) -> None:
    values = [
        "evil.\N{ZERO WIDTH SPACE}com/pay",
        "\uff50\uff41\uff59\uff0e\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d",
        "call 020-8359-2000",
        "call \uff10\uff12\uff10\uff18\uff13\uff15\uff19\uff12\uff10\uff10\uff10",
        "192.0.2.7/pay",
        "p\N{CYRILLIC SMALL LETTER A}y",
    ]
    lines: list[Line] = []
    for place, value in enumerate(values):
        caller = {"number": f"+44740090027{place}", "contact": f"call-{place}"}
        lines.append(consent(10 * place, **caller))
        lines.append(send(10 * place + 1, f"hidden {place}", template="request_reference", reference=value, **caller))
    state = play(lines)
    said = answers(state)
    assert {said[f"hidden {place}"][1] for place in range(len(values))} <= {"", "missing_value", "value_not_allowed"}
    fixed = "Barnet Council: your request has the reference {}. To stop our texts, call 020 8359 2000."
    assert {message.body for message in state.messages} <= {fixed.format("call")}


def number(seconds: float, name: str, value: str, **more: str) -> list[Line]:
    """Return a consent and a text for a number that the flow passes on, of a caller from a landline."""
    lines = [
        ask(seconds, "record_consent", f"consent {name}", number=LANDLINE, wording_version=WORDING, decision="given"),
        ask(seconds + 1, "send_sms", f"text {name}", number=LANDLINE, template="online_services"),
    ]
    for line in lines:
        details = line["invoke"]["payload"]["Details"]
        details["ContactData"]["ContactId"] = f"call-{name}"
        details["Parameters"] |= {"number": value, **more}
    return lines


def test_only_a_whole_number_that_was_played_back_is_somebodys(play: Play) -> None:
    back = {"number_confirmed": "played_back"}
    state = play(
        [
            *number(0, "letters", "07400abcdef", **back),
            *number(10, "a letter", "07400 12345a6", **back),
            *number(20, "no zero", "O7400 123456", **back),
            *number(30, "two", "07400123456/07400123457", **back),
            *number(40, "extension", "07400123456 ext 7", **back),
            *number(50, "unconfirmed", "07400123456"),
            *number(60, "sip", "sip:+447400123456@10.0.0.1", **back),
        ]
    )
    said = answers(state)
    for name in ("letters", "a letter", "no zero", "two", "extension"):
        assert said[f"consent {name}"] == said[f"text {name}"] == ("refused", "number_invalid")
    assert said["consent unconfirmed"] == said["text unconfirmed"] == ("refused", "number_not_confirmed")
    assert (said["consent sip"], said["text sip"]) == (("recorded", ""), ("sent", ""))
    assert [message.to for message in state.messages] == ["+447400123456"]


def test_sent_is_only_said_of_the_text_that_was_asked_for(play: Play) -> None:
    other = "+447400900265"
    tax = {"template": "service_link", "service": "Council Tax", "link": "https://barnet.gov.uk/ctax"}
    state = play(
        [
            consent(0),
            consent(1, number=other),
            send(10, "first", **tax),
            send(14, "another number", **tax, number=other),
            send(17, "other words", **tax | {"service": "Parking"}),
            send(18, "the same", **tax),
            send(3600, "the same an hour later", **tax),
        ]
    )
    said = answers(state)
    assert said["first"] == said["the same"] == said["the same an hour later"] == ("sent", "")
    assert said["another number"] == said["other words"] == ("refused", "already_sent")
    assert len(state.messages) == 1


def test_a_text_is_in_the_callers_language_or_the_notices_first(play: Play) -> None:
    callers = [
        ("en-GB", "English", "Powys Council"),
        ("pl-PL", None, "Powys Council"),
        ("", None, "Powys Council"),
        ("cy-GB", None, "Cyngor Powys"),
        ("en-GB", "cy", "Cyngor Powys"),
        ("cy-GB", "nonsense", "Cyngor Powys"),
    ]
    lines: list[Line] = []
    for place, (code, attribute, _) in enumerate(callers):
        caller = {"number": f"+44740090027{place}", "contact": f"call-{place}"}
        for line in (consent(10 * place, **caller), send(10 * place + 1, f"text {place}", **caller)):
            data = line["invoke"]["payload"]["Details"]["ContactData"]
            data["LanguageCode"] = code
            data["Attributes"] = {} if attribute is None else {"language": attribute}
            lines.append(line)
    texts = {str(message.contact_id): message.body for message in play(lines, policy=POWYS).messages}
    assert texts.keys() == {f"call-{place}" for place in range(len(callers))}
    for place, (code, attribute, council) in enumerate(callers):
        assert texts[f"call-{place}"].startswith(council), (code, attribute)


def test_an_older_failure_that_comes_late_changes_neither_the_log_nor_the_number(play: Play) -> None:
    first = play([consent(0), send(1, "first"), wait(at(60))])
    failed = {
        "source": "aws.sms-voice",
        "detail-type": "Text Message Delivery Status Updated",
        "detail": {
            "eventType": "TEXT_INVALID",
            "eventTimestamp": round(moment(at(2)).timestamp() * 1000),
            "isFinal": True,
            "messageId": first.messages[0].message_id,
            "messageRequestTimestamp": round(moment(at(1)).timestamp() * 1000),
        },
    }
    state = play(
        [
            consent(0),
            send(1, "first"),
            {"at": at(7200), "event": failed},
            send(86400, "next day", contact="call-2"),
            wait(at(90000)),
        ]
    )
    assert answers(state)["next day"] == ("sent", "")
    assert [message.status for message in state.messages] == ["delivered", "delivered"]
    assert state.dead_letters == []


def reply(seconds: float, text: str, sender: str = "pool-0123456789abcdef", number: str = MOBILE) -> Line:
    return {"at": at(seconds), "sms_reply": {"from": number, "to": sender, "text": text}}


def test_replies_to_a_sender_id_reach_nobody(play: Play) -> None:
    state = play([consent(0), reply(1, "STOP", "COUNCIL"), send(2, "text"), wait(at(60))])
    assert answers(state)["text"] == ("sent", "")


@pytest.mark.parametrize("sender", ["pool-0123456789abcdef", "phone-0123456789abcdef", "+447400111222"])
def test_the_first_consent_after_a_stop_works_and_a_stop_after_it_is_honoured(assembly: Path, sender: str) -> None:
    lines = [
        consent(0),
        send(1, "first"),
        reply(60, "Stop please", sender),
        send(120, "after the stop", contact="call-2"),
        consent(180, contact="call-3"),
        send(181, "after a consent", contact="call-3"),
        reply(240, "STOP", sender),
        consent(300, contact="call-4"),
        send(301, "within thirty days", contact="call-4"),
        consent(86400 * 40, contact="call-5"),
        send(86400 * 40 + 1, "later", contact="call-5"),
        reply(86400 * 41, "HELP", sender),
        send(86400 * 41 + 1, "after help", contact="call-6"),
    ]
    said: dict[str, tuple[str, str]] = {}
    with quiet_world(assembly, moment(START)) as world, asleep(world):
        # the deployed sender is a sender id; a number's or pool's texts are bound by the list
        world.sms.settings.lists_bind_sender_ids = True
        for line in lines:
            world.run_until(moment(line["at"]))
            if "sms_reply" in line:
                world.sms.reply(MOBILE, line["sms_reply"]["text"], sender)
                continue
            answer = world.invoke(line["invoke"]["function"], line["invoke"]["payload"])
            said[line["invoke"]["as"]] = (answer["status"], answer["reason"])
        refused = world.calls["send_sms"][f"{SMS}.SendTextMessage"]
    assert said == {
        "consent-0": ("recorded", ""),
        "first": ("sent", ""),
        "after the stop": ("refused", "opted_out"),
        "consent-180": ("recorded", ""),
        "after a consent": ("sent", ""),
        "consent-300": ("recorded", "still_opted_out"),
        "within thirty days": ("refused", "opted_out"),
        f"consent-{86400 * 40}": ("recorded", ""),
        "later": ("sent", ""),
        "after help": ("sent", ""),
    }
    assert refused == 5


def test_a_withdrawal_takes_two_calls(play: Play) -> None:
    state = play([consent(0, "withdrawn"), wait(at(60))])
    calls = state.calls["record_consent"]
    assert sum(calls.values()) - calls["invocations"] == 2


def test_consent_ends_with_the_policys_period_and_an_opt_out_outlives_it(tmp_path: Path) -> None:
    years = 86400 * 800
    lines = [
        consent(0),
        send(86400 * 700, "while it lasts", contact="call-2"),
        send(years, "after it", contact="call-3"),
        consent(years + 1, contact="call-4"),
        send(years + 2, "with a new one", contact="call-4"),
        consent(years + 3, "withdrawn", contact="call-5"),
        send(years + 86400 * 600, "withdrawn", contact="call-6"),
    ]
    with begun(lines, tmp_path / "story.jsonl", moment(lines[-1]["at"]), sleeping=True) as replay:
        said = answers(replay.state())
    assert said["while it lasts"] == said["with a new one"] == ("sent", "")
    assert said["after it"] == ("refused", "no_consent")
    assert said["withdrawn"] == ("refused", "consent_withdrawn")
