"""The emulated service keeps to botocore's model and to what AWS documents of its errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from simulator.aws.sms.backend import install
from simulator.aws.sms.service import SmsService
from tests.simulator.aws.sms.conftest import client

MOBILE = "+447400123456"
NUMBER = "phone-0123456789abcdef"
SENDER_ID = "COUNCIL"
TEXT = {"DestinationPhoneNumber": MOBILE, "OriginationIdentity": NUMBER, "MessageBody": "Hello."}


def refusal(sms: Any, operation: str = "send_text_message", **request: object) -> tuple[str, str]:  # noqa: ANN401
    with pytest.raises(ClientError) as problem:
        getattr(sms, operation)(**request)
    assert problem.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    response: Any = problem.value.response
    return response["Error"]["Code"], response.get("Reason", "")


def send(sms: Any, **more: object) -> tuple[str, str]:  # noqa: ANN401
    return refusal(sms, "send_text_message", **(TEXT | more))


def test_a_message_is_accepted_under_an_id_of_its_own(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    ids = {sms.send_text_message(**TEXT)["MessageId"] for _ in range(3)}
    assert ids == {message.message_id for message in service.messages}
    assert len(ids) == 3


def test_a_dry_run_sends_nothing(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    assert sms.send_text_message(**TEXT, DryRun=True)["MessageId"]
    assert service.messages == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("DestinationPhoneNumber", "07400123456"),
        ("DestinationPhoneNumber", "+44 7400 123456"),
        ("DestinationPhoneNumber", 7),
        ("MessageBody", ""),
        ("MessageBody", "   "),
        ("MessageBody", "x" * 1601),
        ("MessageType", "MARKETING"),
        ("MaxPrice", "1"),
        ("TimeToLive", 4),
        ("TimeToLive", 259_201),
        ("TimeToLive", True),
        ("Context", {f"key{number}": "value" for number in range(6)}),
        ("Context", {"a key": "value"}),
        ("Context", {"key": "x" * 801}),
        ("DryRun", "yes"),
        ("Idempotency", "token"),
    ],
)
def test_a_request_outside_the_model_is_refused_by_field(sms: Any, field: str, value: object) -> None:  # noqa: ANN401
    with pytest.raises(ClientError) as problem:
        sms.send_text_message(**(TEXT | {field: value})) if field != "Idempotency" else _raw(sms)
    response: Any = problem.value.response
    assert response["Error"]["Code"] == "ValidationException"
    assert response["Reason"] == "FIELD_VALIDATION_FAILED"
    assert [fault["Name"] for fault in response["Fields"]] == [field]


def _raw(sms: Any) -> None:  # noqa: ANN401
    def add(params: dict[str, Any], **_: object) -> None:
        params["body"] = params["body"][:-1] + b', "Idempotency": "token"}'

    sms.meta.events.register("before-call", add)
    sms.send_text_message(**TEXT)


def test_a_missing_field_is_named(sms: Any) -> None:  # noqa: ANN401
    assert refusal(sms, MessageBody="Hello.") == ("ValidationException", "FIELD_VALIDATION_FAILED")


def test_a_sender_that_the_account_lacks_is_refused(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    service.settings.identities = frozenset({SENDER_ID})
    assert send(sms)[0] == "ResourceNotFoundException"
    assert send(sms, OriginationIdentity="OTHER") == ("ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND")
    assert sms.send_text_message(**(TEXT | {"OriginationIdentity": SENDER_ID}))["MessageId"]


def test_a_number_on_the_list_is_not_sent_to(sms: Any) -> None:  # noqa: ANN401
    sms.create_opt_out_list(OptOutListName="steward")
    entry = sms.put_opted_out_number(OptOutListName="steward", OptedOutNumber=MOBILE)
    assert (entry["OptedOutNumber"], entry["EndUserOptedOut"]) == (MOBILE, False)
    assert send(sms) == ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT")


def test_a_list_binds_no_sender_id(sms: Any) -> None:  # noqa: ANN401
    sms.put_opted_out_number(OptOutListName="Default", OptedOutNumber=MOBILE)
    assert sms.send_text_message(**(TEXT | {"OriginationIdentity": SENDER_ID}))["MessageId"]


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "QUIT"])
def test_a_stop_reply_to_a_number_opts_out(sms: Any, service: SmsService, word: str) -> None:  # noqa: ANN401
    service.reply(MOBILE, word, NUMBER)
    entries = sms.describe_opted_out_numbers(OptOutListName="Default")["OptedOutNumbers"]
    assert [(entry["OptedOutNumber"], entry["EndUserOptedOut"]) for entry in entries] == [(MOBILE, True)]
    assert send(sms) == ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT")


def test_another_reply_opts_nobody_out(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    service.reply(MOBILE, "Thank you, do not stop", NUMBER)
    assert sms.send_text_message(**TEXT)["MessageId"]


def test_a_sender_id_cannot_be_answered(service: SmsService) -> None:
    with pytest.raises(ValueError, match="nobody can answer"):
        service.reply(MOBILE, "STOP", SENDER_ID)


def test_a_number_comes_off_the_list_once_in_thirty_days(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    now = start = datetime(2026, 11, 2, tzinfo=UTC)
    service.now = lambda: now
    request = {"OptOutListName": "Default", "OptedOutNumber": MOBILE}
    assert refusal(sms, "delete_opted_out_number", **request)[0] == "ResourceNotFoundException"
    for wait, allowed in ((0, True), (29, False), (30, True)):
        now = start + timedelta(days=wait)
        sms.put_opted_out_number(**request)
        if allowed:
            sms.delete_opted_out_number(**request)
        else:
            assert refusal(sms, "delete_opted_out_number", **request)[0] == "ConflictException"


def test_numbers_that_are_not_listed_are_an_error_to_ask_for(sms: Any) -> None:  # noqa: ANN401
    request = {"OptOutListName": "Default", "OptedOutNumbers": [MOBILE]}
    assert refusal(sms, "describe_opted_out_numbers", **request)[0] == "ResourceNotFoundException"


def test_a_blocked_country_is_refused_and_every_other_allowed(sms: Any) -> None:  # noqa: ANN401
    protection = sms.create_protect_configuration()["ProtectConfigurationId"]
    sms.update_protect_configuration_country_rule_set(
        ProtectConfigurationId=protection,
        NumberCapability="SMS",
        CountryRuleSetUpdates={"FR": {"ProtectStatus": "BLOCK"}},
    )
    sms.create_configuration_set(ConfigurationSetName="steward")
    sms.associate_protect_configuration(ProtectConfigurationId=protection, ConfigurationSetName="steward")
    paris = {"DestinationPhoneNumber": "+33612345678", "ConfigurationSetName": "steward"}
    blocked = ("ConflictException", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION")
    assert send(sms, **paris) == blocked
    assert send(sms, DestinationPhoneNumber="+33612345678", ProtectConfigurationId=protection) == blocked
    assert sms.send_text_message(**TEXT, ConfigurationSetName="steward")["MessageId"]
    assert send(sms, ConfigurationSetName="other")[0] == "ResourceNotFoundException"


def test_a_price_over_the_callers_limit_is_refused_by_parts(sms: Any) -> None:  # noqa: ANN401
    long = "x" * 161
    assert sms.send_text_message(**(TEXT | {"MessageBody": long}), MaxPrice="0.10")["MessageId"]
    assert send(sms, MessageBody=long, MaxPrice="0.09") == ("ValidationException", "PRICE_OVER_THRESHOLD")


def test_spending_ends_at_the_months_limit_and_begins_again(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    service.now = lambda: datetime(2026, 11, 30, 12, tzinfo=UTC)
    service.settings.monthly_limit = 0.1
    for _ in range(2):
        sms.send_text_message(**TEXT)
    assert send(sms) == ("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT")
    service.now = lambda: datetime(2026, 12, 1, tzinfo=UTC)
    assert sms.send_text_message(**TEXT)["MessageId"]


def test_a_sender_has_a_rate(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    noon = datetime(2026, 11, 2, 12, tzinfo=UTC)
    service.now = lambda: noon
    for _ in range(10):
        sms.send_text_message(**TEXT)
    assert send(sms) == ("ThrottlingException", "")
    service.now = lambda: noon + timedelta(seconds=1)
    assert sms.send_text_message(**TEXT)["MessageId"]


def test_the_sandbox_sends_to_verified_numbers_only(sms: Any, service: SmsService) -> None:  # noqa: ANN401
    service.settings.verified = frozenset({"+447400654321"})
    assert send(sms) == ("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED")


def test_what_exists_is_not_made_twice(sms: Any) -> None:  # noqa: ANN401
    for operation, request in (
        ("create_opt_out_list", {"OptOutListName": "steward"}),
        ("create_configuration_set", {"ConfigurationSetName": "steward"}),
    ):
        getattr(sms, operation)(**request)
        assert refusal(sms, operation, **request) == ("ConflictException", "RESOURCE_ALREADY_EXISTS")


def test_what_the_emulation_lacks_is_said_and_not_pretended(sms: Any) -> None:  # noqa: ANN401
    with pytest.raises(NotImplementedError, match="DescribeSpendLimits"):
        sms.describe_spend_limits()


def test_the_service_answers_on_motos_server_too() -> None:
    install()
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        sms = client(endpoint_url=f"http://{host}:{port}")
        assert sms.send_text_message(**TEXT)["MessageId"]
        assert send(sms, MaxPrice="0.01") == ("ValidationException", "PRICE_OVER_THRESHOLD")
    finally:
        server.stop()
