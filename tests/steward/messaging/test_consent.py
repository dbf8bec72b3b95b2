"""Consent: what is recorded, what is refused, and which decision is in force."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from steward.messaging.answers import Answer, Reason, Status
from tests.steward.messaging.fixture import MOBILE, NOON, MessagingFixture

RECORDED = Answer(Status.RECORDED)
STILL = Answer(Status.RECORDED, Reason.STILL_OPTED_OUT)
SMS = "pinpoint-sms-voice-v2"
LANDLINE = "+442083590001"
NUMBER = "phone-0123456789abcdef"
GIVEN = {"purpose": "signposting", "wording_version": "v1", "decision": "given"}


def opted_out_at_the_service(world: MessagingFixture) -> bool:
    return MOBILE in world.sms.service.opt_out_lists["steward"]


def test_a_decision_is_kept_with_everything_that_proves_it(world: MessagingFixture) -> None:
    assert world.consent(language="cy") == RECORDED

    evidence = next(row for row in world.consent_rows() if row["sk"].startswith("decision#"))
    assert evidence.pop("sk").startswith("decision#signposting#2026-11-02T12:00:00.000000+00:00#")
    assert len(evidence.pop("pk")) == 64
    assert evidence == {
        "purpose": "signposting",
        "decision": "given",
        "wording_version": "v1",
        "wording_sha256": hashlib.sha256(b"Gawn ni decstio?").hexdigest(),
        "language": "cy",
        "how": "keypad",
        "number_source": "caller",
        "by": "caller",
        "contact_id": "contact-1",
        "policy_version": "1",
        "at": NOON.isoformat(timespec="microseconds"),
        "expires_at": 1856736000,  # 2 November 2028, London midnight
    }


def test_an_agent_may_record_it(world: MessagingFixture) -> None:
    world.consent(how="agent")
    evidence = next(row for row in world.consent_rows() if row["sk"].startswith("decision#"))
    assert (evidence["how"], evidence["by"]) == ("agent", "agent")


def test_a_consent_takes_two_calls(world: MessagingFixture) -> None:
    world.consent()
    assert world.wire.calls == {"kms.GenerateMac": 1, "dynamodb.TransactWriteItems": 1}


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"purpose": "marketing"}, Reason.UNKNOWN_PURPOSE),
        ({"purpose": ""}, Reason.UNKNOWN_PURPOSE),
        ({"decision": "perhaps"}, Reason.UNKNOWN_DECISION),
        ({"decision": ""}, Reason.UNKNOWN_DECISION),
        ({"wording_version": "v9"}, Reason.UNKNOWN_WORDING_VERSION),
        ({"wording_version": ""}, Reason.UNKNOWN_WORDING_VERSION),
        ({"wording_version": "r1"}, Reason.UNKNOWN_WORDING_VERSION),
        ({"number": "60777"}, Reason.NUMBER_INVALID),
        ({"number": "anonymous"}, Reason.NUMBER_WITHHELD),
        ({"number": LANDLINE, "number_confirmed": "played_back"}, Reason.NOT_A_MOBILE),
        ({"number": "+33612345678", "number_confirmed": "played_back"}, Reason.COUNTRY_NOT_ALLOWED),
    ],
)
def test_what_cannot_be_proved_is_refused(world: MessagingFixture, parameters: dict[str, str], reason: Reason) -> None:
    answer = world.consents.record(
        world.call(
            "contact-1",
            MOBILE,
            {"purpose": "signposting", "wording_version": "v1", "decision": "given"} | parameters,
        )
    )
    assert answer == Answer(Status.REFUSED, reason)
    assert world.consent_rows() == []


def test_a_withheld_number_is_refused(world: MessagingFixture) -> None:
    assert world.consent(number="anonymous").reason is Reason.NUMBER_WITHHELD


def test_a_withdrawal_needs_no_wording(world: MessagingFixture) -> None:
    assert world.consent("withdrawn", wording_version="") == RECORDED


def test_a_withdrawal_takes_two_calls_and_is_our_own_record_alone(world: MessagingFixture) -> None:
    world.consent()
    world.wire.calls.clear()
    assert world.consent("withdrawn") == RECORDED
    assert world.wire.calls == {"kms.GenerateMac": 1, "dynamodb.TransactWriteItems": 1}
    assert not opted_out_at_the_service(world)
    assert world.send().reason is Reason.CONSENT_WITHDRAWN


@pytest.mark.parametrize("said", [{}, {"number_confirmed": "yes"}, {"number_confirmed": ""}])
def test_consent_for_a_number_that_was_not_played_back_is_refused(
    world: MessagingFixture, said: dict[str, str]
) -> None:
    answer = world.consents.record(world.call("contact-1", LANDLINE, GIVEN | {"number": MOBILE} | said))
    assert answer == Answer(Status.REFUSED, Reason.NUMBER_NOT_CONFIRMED)
    assert world.consent_rows() == []


@pytest.mark.parametrize(
    ("caller", "number", "source"),
    [
        (MOBILE, "", "caller"),
        (MOBILE, "07400 123456", "caller"),
        (f"sip:{MOBILE}@10.0.0.1", MOBILE, "caller"),
        (LANDLINE, MOBILE, "played_back"),
        ("anonymous", MOBILE, "played_back"),
    ],
)
def test_the_row_says_how_it_is_known_whose_number_it_is(
    world: MessagingFixture, caller: str, number: str, source: str
) -> None:
    asked = GIVEN | {"number": number, "number_confirmed": "played_back"}
    assert world.consents.record(world.call("contact-1", caller, asked)) == RECORDED
    rows = [row for row in world.consent_rows() if row["sk"].startswith("decision#")]
    assert [row["number_source"] for row in rows] == [source]
    assert world.send().status is Status.SENT


def test_nothing_stands_in_the_way_of_a_withdrawal_for_another_number(world: MessagingFixture) -> None:
    world.consent()
    world.wait(minutes=1)
    asked = GIVEN | {"decision": "withdrawn", "number": MOBILE}
    assert world.consents.record(world.call("contact-2", LANDLINE, asked)) == RECORDED
    assert world.send().reason is Reason.CONSENT_WITHDRAWN


@pytest.mark.parametrize("decision", ["Withdrawn", "WITHDRAWN", " withdrawn "])
def test_a_decision_is_understood_in_any_case(world: MessagingFixture, decision: str) -> None:
    world.consent("Given")
    world.wait(minutes=1)
    assert world.consent(decision) == RECORDED
    assert world.send().reason is Reason.CONSENT_WITHDRAWN


def test_every_decision_keeps_its_own_row(world: MessagingFixture) -> None:
    for minute, decision in enumerate(("given", "withdrawn", "given")):
        world.clock.moment = NOON + timedelta(minutes=minute)
        assert world.consent(decision) == RECORDED
    assert [row["decision"] for row in world.decisions()] == ["given", "withdrawn", "given"]
    assert {row["number_hash"] for row in world.decisions()} == {world.decisions()[0]["number_hash"]}


def test_a_new_consent_after_a_withdrawal_lets_texts_through_again(world: MessagingFixture) -> None:
    world.consent()
    world.consent("withdrawn")
    world.consent()
    assert not opted_out_at_the_service(world)
    assert world.send().status is Status.SENT


def stop(world: MessagingFixture) -> None:
    world.wait(minutes=1)
    world.sms.reply(MOBILE, "STOP", NUMBER)
    world.wait(minutes=1)


def test_the_first_consent_after_a_stop_works_although_nothing_here_knew_of_it(world: MessagingFixture) -> None:
    world.consent()
    stop(world)
    assert world.consent(contact="contact-2") == RECORDED
    assert world.send(contact="contact-2").status is Status.SENT
    assert not opted_out_at_the_service(world)


def test_a_stop_after_the_consent_is_honoured(world: MessagingFixture) -> None:
    world.consent()
    stop(world)
    assert world.send().reason is Reason.OPTED_OUT
    assert opted_out_at_the_service(world)
    assert world.send(contact="contact-2").reason is Reason.OPTED_OUT
    assert world.consent(contact="contact-3") == RECORDED
    assert world.send(contact="contact-3").status is Status.SENT


def test_a_consent_after_a_stop_that_our_own_row_no_longer_knows_works(world: MessagingFixture) -> None:
    world.consent()
    stop(world)
    assert world.send().reason is Reason.OPTED_OUT
    world.wait(days=800)
    assert world.consent(contact="contact-2") == RECORDED
    assert world.send(contact="contact-2").status is Status.SENT


def twice_stopped(world: MessagingFixture) -> None:
    world.consent()
    stop(world)
    world.consent(contact="contact-2")
    assert world.send(contact="contact-2").status is Status.SENT
    stop(world)


def test_a_number_that_the_service_keeps_opted_out_is_told_so(world: MessagingFixture) -> None:
    twice_stopped(world)

    assert world.consent(contact="contact-3") == STILL

    assert world.send(contact="contact-3").reason is Reason.OPTED_OUT
    assert world.consent(contact="contact-3") == STILL
    world.wait(days=31)
    assert world.consent(contact="contact-4") == RECORDED
    assert world.send(contact="contact-4").status is Status.SENT


def test_the_same_contact_may_ask_again_once_the_service_lets_it(world: MessagingFixture) -> None:
    twice_stopped(world)
    assert world.consent(contact="contact-3") == STILL
    world.wait(days=31)

    assert world.consent(contact="contact-3") == RECORDED

    assert world.send(contact="contact-3").status is Status.SENT


def test_a_number_that_was_let_back_in_is_texted_and_may_consent_again(world: MessagingFixture) -> None:
    world.consent()
    stop(world)
    world.consent(contact="contact-2")
    assert world.send(contact="contact-2").status is Status.SENT
    world.wait(minutes=1)
    assert world.consent(contact="contact-3") == RECORDED
    assert world.send(contact="contact-3").status is Status.SENT
    stop(world)
    assert world.consent(contact="contact-4") == STILL


def test_what_the_service_cannot_say_does_not_opt_a_number_out_that_it_let_back_in(world: MessagingFixture) -> None:
    world.consent()
    stop(world)
    world.consent(contact="contact-2")
    world.send(contact="contact-2")
    world.wire.faults.add(service=SMS, operation="DeleteOptedOutNumber", error="ThrottlingException")
    assert world.consent(contact="contact-3") == RECORDED
    assert world.send(contact="contact-3").status is Status.SENT


@pytest.mark.parametrize("operation", ["DescribeOptedOutNumbers", "DeleteOptedOutNumber"])
def test_a_number_whose_opt_out_cannot_be_looked_up_is_not_texted(world: MessagingFixture, operation: str) -> None:
    world.consent()
    stop(world)
    world.consent(contact="contact-2")
    world.wire.faults.add(service=SMS, operation=operation, error="ThrottlingException")
    world.told.clear()
    assert world.send(contact="contact-2").reason is Reason.OPTED_OUT
    told = ("opt_out_not_looked_up", {"operation": f"{SMS}.{operation}", "code": "ThrottlingException"})
    assert (world.told[:1] == [told]) is operation.startswith("Describe")
    assert world.bodies() == []


@pytest.mark.parametrize("text", ["STOP", "stop", " Stop please", "Unsubscribe.", "QUIT"])
def test_whatever_begins_with_an_opt_out_keyword_opts_out(world: MessagingFixture, text: str) -> None:
    world.consent()
    world.wait(minutes=1)
    world.sms.reply(MOBILE, text, "pool-0123456789abcdef")
    assert world.send().reason is Reason.OPTED_OUT


@pytest.mark.parametrize("text", ["HELP", "START", "Thanks", "", "don't stop"])
def test_other_replies_change_nothing(world: MessagingFixture, text: str) -> None:
    world.consent()
    world.sms.reply(MOBILE, text, NUMBER)
    assert world.send().status is Status.SENT


def test_start_lets_a_number_back_in_where_the_account_has_made_it_a_keyword(world: MessagingFixture) -> None:
    world.sms.settings.opt_in_keywords = frozenset({"START"})
    world.consent()
    stop(world)
    world.sms.reply(MOBILE, "START", NUMBER)
    assert world.send().status is Status.SENT


def test_a_repeated_call_leaves_one_row(world: MessagingFixture) -> None:
    world.consent()
    world.wait(seconds=2)
    assert world.consent() == RECORDED
    assert len(world.decisions()) == 1


def test_a_later_wording_of_the_same_contact_is_a_decision_of_its_own(world: MessagingFixture) -> None:
    world.consent()
    world.wait(seconds=20)
    world.consent(wording_version="v2")
    assert [row["wording_version"] for row in world.decisions()] == ["v1", "v2"]


def test_an_older_decision_that_arrives_late_is_kept_and_does_not_count(world: MessagingFixture) -> None:
    world.consent()
    world.wait(hours=1)
    world.consent("withdrawn", contact="contact-2")
    world.clock.moment = NOON + timedelta(minutes=1)

    assert world.consent(contact="contact-3").status is Status.RECORDED

    world.clock.moment = NOON + timedelta(hours=2)
    assert len(world.decisions()) == 3
    assert world.send().reason is Reason.CONSENT_WITHDRAWN


@pytest.mark.parametrize(("service", "operation"), [("kms", "GenerateMac"), ("dynamodb", "TransactWriteItems")])
@pytest.mark.parametrize(
    "error", ["ThrottlingException", "ReadTimeout", "InternalServerError", "AccessDeniedException"]
)
def test_what_could_not_be_written_is_not_said_to_be(
    world: MessagingFixture, service: str, operation: str, error: str
) -> None:
    world.wire.faults.add(service=service, operation=operation, error=error)
    assert world.consent() == Answer(Status.REFUSED, Reason.UNAVAILABLE)
    assert world.decisions() == []
