"""Messaging in the templates: who may be texted, what is kept, and who is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.config import cdk_context, choose
from infra.refusal import RefusalError
from infra.sms.countries import COUNTRIES
from infra.synthesis import synthesize

Resources = dict[str, dict[str, Any]]


def of_type(resources: Resources, kind: str) -> list[dict[str, Any]]:
    return [resource for resource in resources.values() if resource["Type"] == kind]


def test_every_country_but_the_policys_is_blocked(sms: Resources) -> None:
    [protection] = of_type(sms, "AWS::SMSVOICE::ProtectConfiguration")
    rules = protection["Properties"]["CountryRuleSet"]["SMS"]
    assert {rule["ProtectStatus"] for rule in rules} == {"BLOCK"}
    blocked = {rule["CountryCode"] for rule in rules}
    assert blocked == set(COUNTRIES) - {"GB"}
    assert {"GG", "JE", "IM", "FR", "US"} <= blocked


def test_no_rule_names_a_country_that_aws_does_not_document() -> None:
    """A code that the service does not know may fail the stack. AWS sends no text to the first five; the others are
    regions of a telephone library, which AWS's table does not have."""
    assert not {"CU", "IR", "KP", "SD", "SY", "AC", "TA", "XK", "SJ", "AX", "EH"} & set(COUNTRIES)
    assert list(COUNTRIES) == sorted(set(COUNTRIES))


def test_texts_are_sent_under_those_rules(controls: Resources, sms: Resources) -> None:
    [rules] = of_type(sms, "AWS::SMSVOICE::ConfigurationSet")
    assert rules["Properties"]["ProtectConfigurationId"] == {
        "Fn::GetAtt": ["ProtectConfiguration", "ProtectConfigurationId"]
    }
    variables = controls["SendSmsFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["CONFIGURATION_SET"] == rules["Properties"]["ConfigurationSetName"]


@pytest.mark.parametrize("name", ["Consents", "Messages", "NumberKey", "OptOutList"])
def test_what_messaging_keeps_outlives_its_stack(everything: Resources, name: str) -> None:
    kept = everything[name]
    assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_a_country_that_the_service_refuses_fails_neither_holds_nor_payments(assembly: Path, sms: Resources) -> None:
    """A failed stack rolls back whole; the stack of the SMS service's resources is deployed last and feeds no other."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    assert "local-steward-controls" in artifacts["local-steward-sms"]["dependencies"]
    for other in ("stores", "controls"):
        assert "local-steward-sms" not in artifacts[f"local-steward-{other}"]["dependencies"]
        template = json.loads((assembly / f"local-steward-{other}.template.json").read_text(encoding="utf-8"))
        assert not [name for name, one in template["Resources"].items() if one["Type"].startswith("AWS::SMSVOICE::")]
    assert {one["Type"] for one in sms.values()} >= {"AWS::SMSVOICE::OptOutList", "AWS::SMSVOICE::ConfigurationSet"}


@pytest.mark.parametrize("name", ["Consents", "Messages"])
def test_rows_expire_are_encrypted_and_can_be_restored(stores: Resources, name: str) -> None:
    table = stores[name]["Properties"]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_numbers_are_hashed_with_a_key_that_does_nothing_else(stores: Resources) -> None:
    key = stores["NumberKey"]["Properties"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")


def test_delivery_events_of_texts_and_no_others_reach_the_queue(controls: Resources) -> None:
    rule = controls["SmsStatusRule"]["Properties"]
    assert rule["EventPattern"] == {
        "source": ["aws.sms-voice"],
        "detail-type": ["Text Message Delivery Status Updated"],
    }
    assert rule["Targets"][0]["Arn"] == {"Fn::GetAtt": ["SmsStatusesQueue", "Arn"]}


def test_somebody_is_told_of_the_months_spending(controls: Resources) -> None:
    alarm = controls["SmsSpendAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SMSVoice", "TextMessageMonthlySpend")
    assert (alarm["Threshold"], alarm["Statistic"]) == (100, "Maximum")


def test_a_flow_hears_the_answer_before_it_stops_waiting(controls: Resources) -> None:
    for name in ("SendSmsFunction", "RecordConsentFunction"):
        assert controls[name]["Properties"]["Timeout"] < 8


@pytest.mark.parametrize(
    "identity",
    [
        None,
        *(pytest.param(one, marks=pytest.mark.prove) for one in ("", "COUNCIL", "+447400123456")),
        "arn:aws:sms-voice:us-east-1:111122223333:pool/pool-1",
    ],
)
def test_without_a_sender_of_its_own_account_nothing_is_deployed(tmp_path: Path, identity: str | None) -> None:
    context = cdk_context()
    context["steward:environments"]["local"]["origination_identity"] = identity
    deployment = choose(context)
    with pytest.raises(RefusalError, match="origination_identity: the policy sends text messages"):
        synthesize(deployment, Path("policies/barnet.toml"), tmp_path)
