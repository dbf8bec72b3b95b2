"""What goes wrong between the calls: at most one text, and a log that knows of every text that went out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from steward.messaging.answers import Answer, Reason, Status
from tests.steward.messaging.fixture import MOBILE, Killed, MessagingFixture

SMS = "pinpoint-sms-voice-v2"
UNKNOWN = Answer(Status.FAILED, Reason.OUTCOME_UNKNOWN)
UNAVAILABLE = Answer(Status.FAILED, Reason.UNAVAILABLE)


@pytest.fixture
def world(world: MessagingFixture) -> MessagingFixture:
    world.consent()
    world.wire.calls.clear()
    return world


def test_a_time_out_after_the_text_was_accepted_is_never_followed_by_another(world: MessagingFixture) -> None:
    world.wire.faults.add(service=SMS, operation="SendTextMessage", error="ReadTimeout", after_effect=True)

    assert world.send() == UNKNOWN
    assert world.send() == UNKNOWN
    world.wait(hours=1)
    assert world.send() == UNKNOWN

    assert len(world.bodies()) == 1


def test_a_delivery_event_settles_a_claim_without_an_answer(world: MessagingFixture) -> None:
    world.wire.faults.add(service=SMS, operation="SendTextMessage", error="ReadTimeout", after_effect=True)
    world.send()
    reservation = world.reserve()
    assert reservation is not None
    assert reservation["state"] == "unknown"

    world.deliver()

    reservation = world.reserve()
    assert reservation is not None
    message_id = world.sms.messages()[0]["message_id"]
    assert (reservation["state"], reservation["message_id"], reservation["delivery_status"]) == (
        "sent",
        message_id,
        "TEXT_DELIVERED",
    )
    assert world.send() == Answer(Status.SENT, message_id=message_id)


@pytest.mark.parametrize(
    "error",
    ["ReadTimeout", "ConnectionClosed", "InternalServerException", "RequestTimeoutException", "SomethingNewException"],
)
def test_where_a_text_may_have_gone_out_it_is_not_tried_again(world: MessagingFixture, error: str) -> None:
    world.wire.faults.add(service=SMS, operation="SendTextMessage", error=error)
    assert world.send() == UNKNOWN
    world.wait(minutes=5)
    assert world.send() == UNKNOWN
    assert world.bodies() == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("ThrottlingException", Reason.THROTTLED),
        ("ConnectTimeout", Reason.UNAVAILABLE),
        ("EndpointConnection", Reason.UNAVAILABLE),
        ("AccessDeniedException", Reason.REJECTED),
        ("ValidationException", Reason.REJECTED),
        ("ServiceQuotaExceededException", Reason.REJECTED),
    ],
)
def test_where_nothing_went_out_the_text_may_be_asked_for_again(
    world: MessagingFixture, error: str, reason: Reason
) -> None:
    world.wire.faults.add(service=SMS, operation="SendTextMessage", error=error)
    assert world.send() == Answer(Status.FAILED, reason)
    assert world.send().status is Status.SENT
    assert len(world.bodies()) == 1


def test_there_is_one_attempt_at_the_network(world: MessagingFixture) -> None:
    world.wire.faults.add(service=SMS, operation="SendTextMessage", error="ThrottlingException", times=3)
    world.send()
    assert world.wire.calls[f"{SMS}.SendTextMessage"] == 1


def test_of_two_invocations_at_once_one_sends(world: MessagingFixture) -> None:
    answers: list[Answer] = []
    world.wire.before["SendTextMessage"] = lambda: answers.append(world.send())

    answers.append(world.send())

    assert [answer.status for answer in answers] == [Status.FAILED, Status.SENT]
    assert answers[0] == UNKNOWN
    assert len(world.bodies()) == 1


@pytest.mark.parametrize("operation", ["TransactWriteItems", "GenerateMac"])
@pytest.mark.parametrize(
    "error", ["ReadTimeout", "InternalServerError", "AccessDeniedException", "ThrottlingException"]
)
def test_without_its_table_or_key_no_text_goes_out(world: MessagingFixture, operation: str, error: str) -> None:
    service = "kms" if operation == "GenerateMac" else "dynamodb"
    world.wire.faults.add(service=service, operation=operation, error=error, times=2)
    assert world.send() == UNAVAILABLE
    assert world.bodies() == []
    assert ("text_not_tried", {"operation": f"{service}.{operation}"}) in [
        (what, {"operation": facts.get("operation")}) for what, facts in world.told
    ]


def test_a_claim_whose_taking_was_not_confirmed_is_given_back(world: MessagingFixture) -> None:
    world.wire.faults.add(service="dynamodb", operation="TransactWriteItems", error="ReadTimeout", after_effect=True)
    assert world.send() == UNAVAILABLE
    assert world.send().status is Status.SENT
    assert len(world.bodies()) == 1


def test_a_text_whose_outcome_could_not_be_written_is_still_said_to_be_sent(world: MessagingFixture) -> None:
    world.wire.faults.add(service="dynamodb", operation="UpdateItem", error="InternalServerError")

    answer = world.send()

    assert answer.status is Status.SENT
    assert world.told == [("outcome_not_written", {"operation": "dynamodb.UpdateItem", "code": "InternalServerError"})]
    assert world.send() == UNKNOWN
    world.deliver()
    assert world.send() == answer
    assert len(world.bodies()) == 1


def test_a_delivery_event_may_come_before_the_response(world: MessagingFixture) -> None:
    world.wire.before["UpdateItem"] = world.deliver

    answer = world.send()

    reservation = world.reserve()
    assert reservation is not None
    assert (reservation["message_id"], reservation["delivery_status"]) == (answer.message_id, "TEXT_DELIVERED")


def test_consent_withdrawn_between_question_and_send_counts(world: MessagingFixture) -> None:
    def withdraw() -> None:
        world.wait(seconds=1)
        assert world.consent("withdrawn", contact="contact-9").status is Status.RECORDED

    world.wire.before["TransactWriteItems"] = withdraw
    assert world.send() == Answer(Status.REFUSED, Reason.CONSENT_WITHDRAWN)
    assert world.bodies() == []


def test_a_send_that_starts_too_late_for_its_flow_is_given_up(world: MessagingFixture) -> None:
    world.wire.before["TransactWriteItems"] = lambda: world.wait(seconds=2.5)
    assert world.send() == UNAVAILABLE
    assert world.bodies() == []
    assert world.send().status is Status.SENT


@pytest.mark.parametrize("texts", [100, pytest.param(1000, marks=pytest.mark.prove)])
def test_a_burst_against_a_slow_sender_sends_what_it_can_and_says_the_rest(world: MessagingFixture, texts: int) -> None:
    world.sms.settings.messages_per_second = 10
    answers = []
    for number in range(texts):
        answers.append(world.send(contact=f"contact-{number}"))
        world.wait(milliseconds=20)

    sent = sum(answer.status is Status.SENT for answer in answers)
    assert sent == len(world.bodies()) == texts / 5
    assert all(answer.reason is Reason.THROTTLED for answer in answers if answer.status is not Status.SENT)
    again = next(number for number, answer in enumerate(answers) if answer.reason is Reason.THROTTLED)
    world.wait(seconds=1)
    assert world.send(contact=f"contact-{again}").status is Status.SENT


@pytest.mark.parametrize(
    ("setting", "value", "answer"),
    [
        ("identities", frozenset(), Answer(Status.FAILED, Reason.REJECTED)),
        ("price_per_part", 0.5, Answer(Status.FAILED, Reason.PRICE_TOO_HIGH)),
        ("monthly_limit", 0.01, Answer(Status.FAILED, Reason.SPEND_LIMIT_REACHED)),
        ("verified", frozenset(), Answer(Status.FAILED, Reason.REJECTED)),
    ],
)
def test_what_the_service_refuses_is_told_truthfully(
    world: MessagingFixture, setting: str, value: object, answer: Answer
) -> None:
    setattr(world.sms.settings, setting, value)
    assert world.send() == answer
    assert [what for what, _ in world.told] == ["text_not_sent"]


def test_a_country_that_only_the_service_blocks_is_a_refusal(world: MessagingFixture) -> None:
    protection = world.clients.sms.create_protect_configuration()["ProtectConfigurationId"]
    world.clients.sms.update_protect_configuration_country_rule_set(
        ProtectConfigurationId=protection,
        NumberCapability="SMS",
        CountryRuleSetUpdates={"GB": {"ProtectStatus": "BLOCK"}},
    )
    world.clients.sms.associate_protect_configuration(ProtectConfigurationId=protection, ConfigurationSetName="steward")
    assert world.send() == Answer(Status.REFUSED, Reason.COUNTRY_NOT_ALLOWED)


@pytest.mark.parametrize("after", range(1, 5))
def test_dying_after_any_call_of_a_send_leaves_at_most_one_text_and_it_is_in_the_log(
    world: MessagingFixture, after: int
) -> None:
    world.wire.kill_after = after
    with pytest.raises(Killed):
        world.send()

    retried = world.send()
    world.deliver()

    assert len(world.bodies()) <= 1
    logged = {reservation["message_id"] for reservation in world.reservations() if "message_id" in reservation}
    assert logged == {message["message_id"] for message in world.sms.messages()}
    if after == 1:
        assert retried.status is Status.SENT


@pytest.mark.parametrize("after", range(1, 3))
def test_dying_after_any_call_of_a_withdrawal_is_mended_by_the_retry(world: MessagingFixture, after: int) -> None:
    world.wait(minutes=1)
    world.wire.kill_after = after
    with pytest.raises(Killed):
        world.consent("withdrawn")

    assert world.consent("withdrawn") == Answer(Status.RECORDED)

    assert [row["decision"] for row in world.decisions()] == ["given", "withdrawn"]
    assert world.send().reason is Reason.CONSENT_WITHDRAWN


@pytest.mark.parametrize("after", range(1, 5))
def test_dying_after_any_call_of_a_new_consent_is_mended_by_the_retry(world: MessagingFixture, after: int) -> None:
    world.wait(minutes=1)
    world.consent("withdrawn")
    world.wait(minutes=1)
    world.wire.kill_after = after
    with pytest.raises(Killed):
        world.consent(contact="contact-2")

    assert world.consent(contact="contact-2") == Answer(Status.RECORDED)

    assert [row["decision"] for row in world.decisions()] == ["given", "withdrawn", "given"]
    assert world.send().status is Status.SENT


def test_no_answer_and_no_warning_holds_a_number_or_a_text(world: MessagingFixture) -> None:
    world.wire.faults.add(service=SMS, operation="SendTextMessage", error="ReadTimeout")
    answers = [world.send("bins", day="07400 999888"), world.send("bins", day="Monday", contact="contact-2")]
    seen = repr([answers, world.told])
    assert "400" not in seen
    assert "Monday" not in seen


def test_the_claim_travels_without_personal_data(world: MessagingFixture) -> None:
    world.send()
    assert world.sms.service.messages[0].context == {"reservation": "contact-1/hello", "purpose": "signposting"}
    assert world.agenda.now() - world.sms.service.messages[0].at == timedelta(0)


def test_a_claim_that_was_taken_although_its_answer_was_lost_is_recognised(world: MessagingFixture) -> None:
    """The client's second attempt meets the row of its first; DynamoDB itself knows it by the request's token."""
    call = world.call("contact-1", MOBILE, {"template": "hello", "purpose": "signposting"})
    ledger, take = world.texts.ledger, type(world.texts.ledger).reserve
    taken = []

    def twice(*arguments: Any) -> Any:  # noqa: ANN401
        taken.append(take(ledger, *arguments))
        return take(ledger, *arguments)

    with patch.object(type(ledger), "reserve", lambda _, *arguments: twice(*arguments)):
        assert world.texts.send(call).status is Status.SENT
    assert len(taken) == 1
    assert len(world.bodies()) == 1
