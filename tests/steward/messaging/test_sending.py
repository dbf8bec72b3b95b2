"""Sending: every refusal, in the contract's order, and the one text that goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from simulator.aws.sms.deliveries import Step
from steward.messaging.answers import Answer, Status
from tests.steward.messaging.fixture import MOBILE, NOON, OTHER_MOBILE, Clients, MessagingFixture

LANDLINE = "+442083592000"


def refusal(answer: Answer) -> str:
    assert answer.status is Status.REFUSED
    assert answer.reason is not None
    return answer.reason.value


def test_a_text_goes_to_somebody_who_asked_for_it(world: MessagingFixture) -> None:
    world.consent()

    answer = world.send()

    assert answer.status is Status.SENT
    assert world.sms.messages() == [
        {
            "at": NOON.isoformat(),
            "to": MOBILE,
            "body": "Hello.",
            "purpose": "signposting",
            "contact_id": "contact-1",
            "message_id": answer.message_id,
            "status": "queued",
        }
    ]
    assert answer.response("status", "reason", "message_id") == {
        "status": "sent",
        "reason": "",
        "message_id": answer.message_id,
    }


def test_a_send_takes_four_calls_and_a_refusal_two(world: MessagingFixture) -> None:
    world.consent()
    world.wire.calls.clear()

    world.send()
    assert world.wire.calls == {
        "kms.GenerateMac": 1,
        "dynamodb.TransactWriteItems": 1,
        "pinpoint-sms-voice-v2.SendTextMessage": 1,
        "dynamodb.UpdateItem": 1,
    }
    world.wire.calls.clear()
    assert refusal(world.send(number=OTHER_MOBILE)) == "no_consent"
    assert world.wire.calls.total() == 2


@pytest.mark.parametrize(
    "number", ["anonymous", "Anonymous", "", "  ", None, "withheld", "sip:anonymous@anonymous.invalid"]
)
def test_a_withheld_number_is_refused(world: MessagingFixture, number: str | None) -> None:
    assert refusal(world.send(number=number)) == "number_withheld"
    assert world.wire.calls.total() == 0


@pytest.mark.parametrize("number", ["60777", "hello", "+4474001234", "+447700900123", "12", "+999123456789"])
def test_a_number_outside_every_numbering_plan_is_refused(world: MessagingFixture, number: str) -> None:
    assert refusal(world.send(number=number)) == "number_invalid"


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (LANDLINE, "landline"),
        ("+447012345678", "personal number"),
        ("+447600123456", "pager"),
        ("+449098790000", "premium rate"),
        ("+441481256789", "landline of Guernsey"),
        ("+33123456789", "landline of France"),
    ],
)
def test_what_is_no_mobile_is_refused(world: MessagingFixture, number: str, what: str) -> None:
    assert refusal(world.send(number=number)) == "not_a_mobile", what


@pytest.mark.parametrize("number", ["+447911123456", "+447797712345", "+447624123456", "+33612345678", "+353851234567"])
def test_a_mobile_of_another_country_is_refused_the_crown_dependencies_too(
    world: MessagingFixture, number: str
) -> None:
    assert refusal(world.send(number=number)) == "country_not_allowed"


@pytest.mark.parametrize(
    ("caller", "number"),
    [
        ("anonymous", "07400 123456"),
        (LANDLINE, "(07400) 123-456"),
        (LANDLINE, "+44 (0)7400 123456"),
        (LANDLINE, "sip:+447400123456@10.0.0.1;user=phone"),
        (LANDLINE, "tel:+447400123456"),
    ],
)
def test_a_number_that_was_played_back_is_understood_as_dialled_at_home(
    world: MessagingFixture, caller: str, number: str
) -> None:
    world.consent()
    asked = {"template": "hello", "purpose": "signposting", "number": number}

    unconfirmed = world.texts.send(world.call("contact-2", caller, asked))
    answer = world.texts.send(world.call("contact-2", caller, asked | {"number_confirmed": "played_back"}))

    assert refusal(unconfirmed) == "number_not_confirmed"
    assert answer.status is Status.SENT
    assert world.sms.messages()[0]["to"] == MOBILE


def test_the_number_of_a_call_over_the_internet_is_read(world: MessagingFixture) -> None:
    world.consent()
    assert world.send(number=f"sip:{MOBILE}@10.0.0.1").status is Status.SENT


@pytest.mark.parametrize(
    "number",
    [
        "07400abcdef",
        "07400 12345a6",
        "O7400 123456",
        "0-7400-FLOWER",
        "07400 123456 ext. 7",
        "07400 123456x7",
        "07400 123456;ext=7",
        "07400123456/07400123457",
        "07400 123456 07400 123457",
        "07400123456, 07400123457",
        "call 07400 123456",
        "\N{FULLWIDTH DIGIT ZERO}7400123456",
        "++447400123456",
        "sip:bob@10.0.0.1",
        "sip:bob+447400123456@10.0.0.1",
    ],
)
def test_letters_extensions_and_several_numbers_are_no_number(world: MessagingFixture, number: str) -> None:
    world.consent()
    asked = {"template": "hello", "purpose": "signposting", "number": number, "number_confirmed": "played_back"}
    assert refusal(world.texts.send(world.call("contact-2", LANDLINE, asked))) == "number_invalid"
    assert world.wire.calls["kms.GenerateMac"] == 1


def test_a_purpose_that_the_policy_does_not_name_is_refused(world: MessagingFixture) -> None:
    world.consent()
    assert refusal(world.send(purpose="marketing")) == "unknown_purpose"


def test_without_consent_nothing_is_sent(world: MessagingFixture) -> None:
    assert refusal(world.send()) == "no_consent"
    assert world.bodies() == []


def test_consent_for_one_purpose_is_none_for_another(world: MessagingFixture) -> None:
    world.consent()
    assert refusal(world.send("visit", purpose="reminders", day="Monday")) == "no_consent"


def test_consent_of_one_number_is_none_for_another(world: MessagingFixture) -> None:
    world.consent()
    assert refusal(world.send(number=OTHER_MOBILE)) == "no_consent"


def test_withdrawn_consent_is_named(world: MessagingFixture) -> None:
    world.consent()
    world.wait(minutes=5)
    world.consent("withdrawn")
    assert refusal(world.send()) == "consent_withdrawn"
    assert world.bodies() == []


def test_consent_that_has_expired_is_none_although_its_row_is_still_there(world: MessagingFixture) -> None:
    world.consent()
    world.wait(days=732)
    assert any(row["sk"] == "in_force#signposting" for row in world.consent_rows())
    assert refusal(world.send()) == "no_consent"


def test_a_withdrawal_for_one_purpose_opts_the_number_out_for_all(world: MessagingFixture) -> None:
    world.consent()
    world.consent("given", purpose="reminders", wording_version="r1")
    world.consent("withdrawn")
    assert refusal(world.send("visit", purpose="reminders", day="Monday")) == "opted_out"


def test_a_stop_reply_is_honoured_and_remembered(world: MessagingFixture) -> None:
    world.consent()
    world.sms.reply(MOBILE, " stop ", "phone-0123456789abcdef")

    assert refusal(world.send()) == "opted_out"
    world.wire.calls.clear()
    assert refusal(world.send()) == "opted_out"
    assert world.wire.calls["pinpoint-sms-voice-v2.SendTextMessage"] == 0
    assert world.bodies() == []


def test_an_unknown_template_is_named_only_after_consent(world: MessagingFixture) -> None:
    assert refusal(world.send("goodbye")) == "no_consent"
    world.consent()
    assert refusal(world.send("goodbye")) == "unknown_template"
    assert world.reservations() == []


def test_a_template_of_another_purpose_is_unknown(world: MessagingFixture) -> None:
    world.consent()
    assert refusal(world.send("visit", day="Monday")) == "unknown_template"


@pytest.mark.parametrize("value", [None, "", "   ", "\N{CALENDAR}\N{PARTY POPPER}", "https://elsewhere.example/x"])
def test_a_missing_value_is_named_to_operations_only(world: MessagingFixture, value: str | None) -> None:
    world.consent()
    more = {} if value is None else {"day": value}
    assert refusal(world.send("bins", **more)) == "missing_value"
    assert ("missing_value", {"template": "bins", "names": ("day",)}) in world.told
    assert world.reservations() == []


@pytest.mark.parametrize("seconds", [0.1, 3, 9, 3600])
def test_the_same_words_to_the_same_number_get_the_first_answer_back(world: MessagingFixture, seconds: float) -> None:
    world.consent()
    first = world.send("bins", day="Monday")
    world.wait(seconds=seconds)

    assert world.send("bins", day=" Monday") == first
    assert len(world.bodies()) == 1


@pytest.mark.parametrize("seconds", [0.1, 3, 9])
def test_other_words_or_another_number_are_not_said_to_be_sent(world: MessagingFixture, seconds: float) -> None:
    world.consent()
    world.consent(number=OTHER_MOBILE)
    first = world.send("bins", day="Monday")
    world.wait(seconds=seconds)

    for again in (world.send("bins", day="Tuesday"), world.send("bins", day="Monday", number=OTHER_MOBILE)):
        assert refusal(again) == "already_sent"
        assert again.message_id == first.message_id
    assert world.bodies() == ["Bin day: Monday."]


def test_where_the_policy_allows_several_each_goes_out_once(aws: Clients) -> None:
    world = MessagingFixture(aws, several_texts=True)
    world.consent()
    world.consent(number=OTHER_MOBILE)
    for _ in range(2):
        assert world.send("bins", day="Monday").status is Status.SENT
        assert world.send("bins", day="Tuesday").status is Status.SENT
        assert world.send("bins", day="Monday", number=OTHER_MOBILE).status is Status.SENT
    assert [(message["to"], message["body"]) for message in world.sms.messages()] == [
        (MOBILE, "Bin day: Monday."),
        (MOBILE, "Bin day: Tuesday."),
        (OTHER_MOBILE, "Bin day: Monday."),
    ]
    assert len({row["sk"] for row in world.reservations()}) == 3
    world.deliver()
    assert {row["delivery_status"] for row in world.reservations()} == {"TEXT_DELIVERED"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("x" * 41, "value_too_long"),
        ("p\N{CYRILLIC SMALL LETTER A}y", "value_not_allowed"),
        (7, "value_not_allowed"),
    ],
)
def test_a_value_that_cannot_stand_is_named_to_operations_and_not_quoted(
    world: MessagingFixture, value: object, reason: str
) -> None:
    world.consent()
    asked = {"template": "bins", "purpose": "signposting", "day": value}
    assert refusal(world.texts.send(world.call("contact-1", MOBILE, asked))) == reason
    assert world.told == [(reason, {"template": "bins", "names": ("day",)})]
    assert world.reservations() == []


def test_a_link_goes_out_only_to_a_host_of_the_policy(aws: Clients) -> None:
    template = {"purpose": "signposting", "links": ["link"], "text": {"en": "See {link}."}}
    world = MessagingFixture(aws, templates={"see": template}, link_hosts=["www.barnet.gov.uk"])
    world.consent()
    assert refusal(world.send("see", link="https://evil.example")) == "link_not_allowed"
    assert world.send("see", link="https://www.barnet.gov.uk/bins").status is Status.SENT
    assert world.bodies() == ["See https://www.barnet.gov.uk/bins."]


def test_operations_are_told_of_what_was_left_out_of_a_value(world: MessagingFixture) -> None:
    world.consent()
    assert world.send("bins", day="Monday evil.com").status is Status.SENT
    assert world.told == [("value_cleaned", {"template": "bins", "names": ("day",)})]
    assert world.bodies() == ["Bin day: Monday."]


def test_another_contact_or_template_is_another_text(world: MessagingFixture) -> None:
    world.consent()
    world.send()
    world.send("bins", day="Monday")
    world.send(contact="contact-2")
    assert len(world.bodies()) == 3


def test_the_caller_is_answered_in_the_language_of_the_contact(world: MessagingFixture) -> None:
    world.consent()
    world.send(language="cy")
    world.send("bins", day="dydd Llun", contact="contact-2", language="cy-GB")
    world.send(contact="contact-3", language="fr")
    assert world.bodies() == ["Helô.", "Diwrnod biniau: dydd Llun.", "Hello."]
    assert sorted(one["language"] for one in world.reservations()) == ["cy", "cy", "en"]


def test_the_body_is_kept_only_where_the_policy_says_so(aws: Clients) -> None:
    world = MessagingFixture(aws)
    world.consent()
    world.send()
    reservation = world.reserve()
    assert reservation is not None
    assert "body" not in reservation

    world = MessagingFixture(aws, keep_body=True)
    world.consent()
    world.send()
    reservation = world.reserve()
    assert reservation is not None
    assert reservation["body"] == "Hello."


def test_no_table_and_no_context_holds_a_number(world: MessagingFixture) -> None:
    world.consent()
    world.send()
    world.consent("withdrawn")
    seen = repr(
        [world.consent_rows(), world.reservations(), [m.context for m in world.sms.service.messages], world.told]
    )
    assert MOBILE[1:] not in seen
    assert MOBILE[3:] not in seen


def test_the_log_expires_with_the_policys_period(world: MessagingFixture) -> None:
    world.consent()
    world.send()
    reservation = world.reserve()
    assert reservation is not None
    assert int(reservation["expires_at"]) == 1825113600  # 2 November 2027, London midnight


def test_after_the_logs_period_the_same_contact_may_be_texted_again(world: MessagingFixture) -> None:
    world.consent()
    world.send()
    world.wait(days=366)
    assert world.send().status is Status.SENT


@pytest.mark.parametrize(
    ("status", "reason"), [("TEXT_INVALID", "number_invalid"), ("TEXT_BLOCKED", "opted_out"), ("TEXT_SPAM", None)]
)
def test_a_failure_that_will_not_go_away_is_remembered(
    world: MessagingFixture, status: str, reason: str | None
) -> None:
    world.consent()
    world.sms.plan(MOBILE, Step(status, timedelta(seconds=4)))
    world.send()
    world.deliver()

    answer = world.send(contact="contact-2")

    assert (answer.reason and answer.reason.value) == reason
