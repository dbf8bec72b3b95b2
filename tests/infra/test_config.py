from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.config import CONTEXT_KEY, cdk_context, choose
from infra.refusal import RefusalError
from steward.ids import RecordClass

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
ASH = "https://ash.my.connect.aws"
KEY = "arn:aws:kms:eu-west-2:444455556666:key/8c1b4f1e"
FOREIGN = "the key is in the account 444455556666 and the instance in 111122223333"
QUEUE = f"{INSTANCE}/queue/5cba7cbf-1ecb-4b6d-b8bd-fe91079b3fc8"
STREAM = "arn:aws:kinesis:eu-west-2:111122223333:stream/contact-records"
FUNCTION = "arn:aws:lambda:{}:111122223333:function:payment-provider"
KEYPAD = {"by": "keypad", "encryption_key_id": "2f5c1d0a-7b3e-4c6f-8a91-0d2e4f6a8b1c", "certificate": "local.pem"}

FINDING = "live-steward-stores/CallRecordingBucket/lifecycle rules"
ENDED = {"until": "2020-01-01", "why": "The supplier mends it."}


def accepted(**changes: object) -> dict[str, Any]:
    return {"accepted_differences": {FINDING: {**ENDED, **changes}}}


WHERE = "cdk.json: steward:environments.live"
CASES: list[tuple[dict[str, Any], str]] = [
    ({"polcy": "x"}, "`polcy` is no key; did you mean `policy`?"),
    ({"policy": 3}, "policy: has to be text"),
    ({"kept_warm": "yes"}, "kept_warm: has to be a whole number"),
    ({"protected": 1}, "protected: has to be true or false"),
    ({"operations_email": 7}, "operations_email: has to be text"),
    ({"instance_arn": ""}, "instance_arn: is empty; write the ARN of the Amazon Connect instance"),
    ({"instance_arn": "arn:x"}, "instance_arn: `arn:x` is not the ARN of an Amazon Connect instance"),
    ({"complaints_email": "complaints"}, "complaints_email: `complaints` is not an e-mail address"),
    ({"access_url": "council"}, "access_url: `council` is not an address such as https://council.my.connect.aws"),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "name": "No Bucket"}}},
        "existing_buckets.call_recording.name: `No Bucket` is not a bucket's name",
    ),
    ({"access_url": "https://ash.my.connect.aws/"}, f"access_url: `{ASH}/` ends with a slash; write `{ASH}`"),
    (
        {"existing_buckets": {"voicemail": BUCKET}},
        f"existing_buckets: Invalid enum value 'voicemail'; valid are {', '.join(sorted(RecordClass))}",
    ),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "stage": "live"}}},
        "existing_buckets.call_recording.stage: Invalid enum value 'live'; valid are import, managed, prepare",
    ),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "replaces": ["cors", "acl"]}}},
        (
            "existing_buckets.call_recording.replaces[1]: Invalid enum value 'acl';"
            " valid are bucket-policy, cors, notifications, replication"
        ),
    ),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "key": KEY}}},
        "existing_buckets.call_recording: `key` is no key; did you mean `key_arn`?",
    ),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "key_arn": KEY}}},
        f"existing_buckets.call_recording.key_arn: {FOREIGN}",
    ),
    (
        {"contact_flows": {"queue_arn": QUEUE, "colour": "blue"}},
        (
            "contact_flows: `colour` is no key;"
            " there are caller_id, card_entry, line_numbers, queue_arn, test_cases, transfer_numbers"
        ),
    ),
    (
        {"contact_flows": {"queue_arn": QUEUE, "card_entry": {"by": "voice"}}},
        "contact_flows.card_entry.by: Invalid value 'voice'; valid are keypad, transfer",
    ),
    (
        {"contact_flows": {"queue_arn": QUEUE.replace("8c1b4f1e", "00000000")}},
        f"contact_flows.queue_arn: `{QUEUE.replace('8c1b4f1e', '00000000')}` is not a queue of the instance {INSTANCE}",
    ),
    (
        {"contact_flows": {"queue_arn": QUEUE, "card_entry": {**KEYPAD, "function_arn": FUNCTION.format("us-east-1")}}},
        "contact_flows.card_entry.function_arn: the function is in us-east-1 and the instance in eu-west-2",
    ),
    (
        {"contact_record_key_arn": KEY},
        f"contact_record_key_arn: {FOREIGN}",
    ),
    (
        {"existing_buckets": {"call_recording": BUCKET, "chat_transcript": BUCKET}},
        (
            "existing_buckets: council-recordings is named for call_recording and chat_transcript,"
            " and one bucket can have one period"
        ),
    ),
    ({"existing_buckets": {"sms_log": BUCKET}}, "existing_buckets: sms_log is not kept in a bucket"),
    (
        {"existing_buckets": {"call_recording": {**BUCKET, "previous_key_arns": [KEY]}}},
        f"existing_buckets.call_recording.previous_key_arns[0]: {FOREIGN}",
    ),
    (
        {"existing_associations": {"chat_transcript": {"bucket": "council-recordings"}}},
        "existing_associations.chat_transcript: give the bucket and the prefix that the instance writes to today",
    ),
    (
        {"existing_associations": {"contact_record": {"bucket": "council-recordings", "prefix": "x"}}},
        "existing_associations.contact_record: contact records go to a stream; give its stream_arn and nothing else",
    ),
    (
        {
            "existing_buckets": {"call_recording": BUCKET},
            "existing_associations": {"call_recording": {"bucket": "council-recordings", "prefix": "x"}},
        },
        (
            "existing_associations.call_recording: existing_buckets adopts the place of call_recording,"
            " and its association with it"
        ),
    ),
    (
        {"accepted_differences": {"lifecycle rules": ENDED}},
        "accepted_differences: `lifecycle rules` is not a finding's id as `steward drift` shows it",
    ),
    (
        {"accepted_differences": {f"a/b/{'c' * 157}": ENDED}},
        f"accepted_differences: `a/b/{'c' * 156}` is not a finding's id as `steward drift` shows it",
    ),
    (accepted(why=" "), f"accepted_differences: `{FINDING}` needs its reason in `why`"),
    (
        accepted(why="\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}" * 81),
        (
            f"accepted_differences: the `why` of `{FINDING}` is longer than 160 letters"
            " (one with an accent and a quotation mark count twice)"
        ),
    ),
    (
        accepted(until="2999-01-01"),
        f"accepted_differences: `{FINDING}` ends on 2999-01-01, more than twelve months ahead",
    ),
    (accepted(until="soon"), f"accepted_differences[`{FINDING}`].until: Invalid RFC3339 encoded date"),
    (
        {"accepted_differences": {FINDING: {"until": "2020-01-01"}}},
        f"accepted_differences[`{FINDING}`]: Object missing required field `why`",
    ),
    (accepted(name="me"), f"accepted_differences[`{FINDING}`]: `name` is no key; there are until, why"),
    (
        {"accepted_differences": {f"{FINDING} {letter}": ENDED for letter in "abcdefghi"}},
        "accepted_differences: 9 are named, and 8 at most can be; deploy what is to stay",
    ),
    (
        {"existing_buckets": {"chat_transcript": BUCKET, "call_recording": {**BUCKET, "stage": "soon"}}},
        "existing_buckets.call_recording.stage: Invalid enum value 'soon'; valid are import, managed, prepare",
    ),
    (
        {"contact_flows": {"queue_arn": QUEUE, "line_numbers": {"Council tax": 7}}},
        "contact_flows.line_numbers[`Council tax`]: has to be text",
    ),
    (
        {"saml_provider_arn": "arn:aws:iam::444455556666:saml-provider/council"},
        "saml_provider_arn: the provider is in the account 444455556666 and the instance in 111122223333",
    ),
    (
        {"deployment_role_arn": "arn:aws:iam::444455556666:role/deploys"},
        "deployment_role_arn: the role is in the account 444455556666 and the instance in 111122223333",
    ),
    (
        {"existing_associations": {"contact_record": {"stream_arn": STREAM.replace("eu-west-2", "eu-west-1")}}},
        "existing_associations.contact_record.stream_arn: the stream is in eu-west-1 and the instance in eu-west-2",
    ),
    (
        {"existing_associations": {"contact_record": {"stream_arn": STREAM.replace("111122223333", "444455556666")}}},
        (
            "existing_associations.contact_record.stream_arn:"
            " the stream is in the account 444455556666 and the instance in 111122223333"
        ),
    ),
    (
        {"existing_associations": {"contact_record": {"stream_arn": "contact-records"}}},
        "existing_associations.contact_record.stream_arn: `contact-records` is not the ARN of a Kinesis stream",
    ),
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


def test_what_was_accepted_and_has_ended_stops_no_deployment() -> None:
    assert choose(context(**accepted()), "live").environment.accepted_differences[FINDING].until == date(2020, 1, 1)


@dataclass(frozen=True)
class At:
    """A clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def test_how_far_ahead_an_end_is_counts_from_the_day_in_london() -> None:
    """Midnight in London is an hour before it is midnight in UTC, in summer."""
    last = accepted(until="2028-07-01")
    assert choose(context(**last), "live", clock=At(datetime(2027, 6, 30, 23, 0, tzinfo=UTC)))
    with pytest.raises(RefusalError, match="more than twelve months ahead"):
        choose(context(**last), "live", clock=At(datetime(2027, 6, 30, 22, 59, tzinfo=UTC)))


def test_a_missing_field_is_named() -> None:
    with pytest.raises(RefusalError, match=r"live: Object missing required field `instance_arn`$"):
        choose({CONTEXT_KEY: {"live": {"policy": "x"}}}, "live")


def test_an_unknown_environment_is_refused_with_those_that_exist() -> None:
    with pytest.raises(RefusalError, match=r"there is no environment `test`; there are live$"):
        choose(context(), "test")


def test_a_name_that_no_resource_could_carry_is_refused() -> None:
    with pytest.raises(RefusalError, match="`Live!` is no environment name"):
        choose({CONTEXT_KEY: {"Live!": LOCAL}}, "Live!")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 200_000, "is nothing that a person wrote"),
        (b'{"context": ' + b"9" * 10_000 + b"}", "is nothing that a person wrote"),
        (b"\xff\xfe\x00", "is nothing that a person wrote"),
        (b" " * (1024 * 1024 + 1), "is larger than 1048576 bytes"),
        (b"[]", "has no object `context`"),
        (b'{"context": 3}', "has no object `context`"),
    ],
)
def test_a_context_that_was_made_as_a_bomb_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "cdk.json"
    path.write_bytes(content)

    with pytest.raises(RefusalError, match=f"cdk.json: {said}"):
        cdk_context(path)
