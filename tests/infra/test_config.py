from __future__ import annotations

from typing import Any

import pytest

from infra.config import CONTEXT_KEY, cdk_context, choose
from infra.refusal import RefusalError

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
LOCAL: dict[str, Any] = {"policy": "policies/barnet.toml", "instance_arn": INSTANCE}


def context(**changes: object) -> dict[str, Any]:
    return {CONTEXT_KEY: {"live": {**LOCAL, **changes}}}


def test_region_and_account_are_those_of_the_instance() -> None:
    deployment = choose(context(), "live")
    assert (deployment.environment.region, deployment.environment.account) == ("eu-west-2", "111122223333")


def test_names_start_with_the_environment_so_that_two_can_share_an_account() -> None:
    assert choose(context(), "live").prefix == "live-steward"


def test_the_shipped_configuration_is_valid() -> None:
    shipped = cdk_context()
    for name in shipped[CONTEXT_KEY]:
        choose(shipped, name)


BUCKET = {"name": "council-recordings", "prefix": "connect/council/CallRecordings"}

WHERE = "cdk.json: steward:environments.live"
CASES: list[tuple[dict[str, Any], str]] = [
    ({"polcy": "x"}, "Object contains unknown field `polcy`"),
    ({"policy": 3}, "policy: Expected `str`, got `int`"),
    ({"instance_arn": "arn:x"}, "instance_arn: `arn:x` is not the ARN of an Amazon Connect instance"),
    ({"complaints_email": "complaints"}, "complaints_email: `complaints` is not an e-mail address"),
    ({"access_url": "council"}, "access_url: `council` is not an address such as https://council.my.connect.aws"),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "name": "No Bucket"}}},
        "existing_buckets.call_recording.name: `No Bucket` is not a bucket's name",
    ),
    ({"existing_buckets": {"voicemail": BUCKET}}, "existing_buckets: Invalid enum value 'voicemail'"),
    (
        {"existing_buckets": {"call_recording": BUCKET, "chat_transcript": BUCKET}},
        (
            "existing_buckets: council-recordings is named for call_recording and chat_transcript,"
            " and one bucket can have one period"
        ),
    ),
    ({"existing_buckets": {"sms_log": BUCKET}}, "existing_buckets: sms_log is not kept in a bucket"),
    (
        {"contact_record_key_arn": "arn:aws:kms:eu-west-1:111122223333:key/8c1b4f1e"},
        "contact_record_key_arn: the key is in eu-west-1 and the instance in eu-west-2",
    ),
]


@pytest.mark.parametrize(("entry", "sentence"), CASES)
def test_a_wrong_entry_is_refused_in_one_line_that_names_the_field(entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusalError) as refusal:
        choose(context(**entry), "live")
    assert str(refusal.value) == f"{WHERE}: {sentence}"


def test_a_missing_field_is_named() -> None:
    with pytest.raises(RefusalError, match=r"live: Object missing required field `instance_arn`$"):
        choose({CONTEXT_KEY: {"live": {"policy": "x"}}}, "live")


def test_an_unknown_environment_is_refused_with_those_that_exist() -> None:
    with pytest.raises(RefusalError, match=r"there is no environment `test`; there are live$"):
        choose(context(), "test")


def test_a_name_that_no_resource_could_carry_is_refused() -> None:
    with pytest.raises(RefusalError, match="`Live!` is no environment name"):
        choose({CONTEXT_KEY: {"Live!": LOCAL}}, "Live!")
